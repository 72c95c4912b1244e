//! The words of `new` and `init`.

use std::path::PathBuf;

use clap::Args;
use monowheel_author::scaffold::init;
use monowheel_author::scaffold::new::{FLOORS, Request};
use monowheel_author::scaffold::template::DEFAULT;
use monowheel_wheel::abi::{PythonVersion, undotted};

/// A new project.
#[derive(Args, Debug)]
pub(crate) struct NewArgs {
    /// Its name: small letters, digits, - or _; the package that Python imports has _
    #[arg(value_name = "NAME", required_unless_present = "list")]
    pub(crate) name: Option<String>,
    /// Which of the templates to begin with
    #[arg(short, long, value_name = "NAME", default_value = DEFAULT)]
    pub(crate) template: String,
    /// List the templates, a line each
    #[arg(long, conflicts_with = "name")]
    pub(crate) list: bool,
    /// The oldest CPython, for requires-python and PyO3's feature together; the template's own by default
    #[arg(long, value_name = "3.N", value_parser = floor)]
    pub(crate) floor: Option<PythonVersion>,
    /// The folder; by default one of that name, here
    #[arg(long, value_name = "FOLDER")]
    pub(crate) path: Option<PathBuf>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write no workflows
    #[arg(long)]
    pub(crate) no_ci: bool,
    /// Begin no git repository
    #[arg(long)]
    pub(crate) no_git: bool,
}

impl NewArgs {
    /// What they mean.
    pub(crate) fn request(&self) -> Request {
        Request {
            name: self.name.clone().unwrap_or_default(),
            template: self.template.clone(),
            floor: self.floor,
            path: self.path.clone(),
            ci: !self.no_ci,
            git: !self.no_git,
        }
    }
}

/// What an existing project lacks.
#[derive(Args, Debug)]
pub(crate) struct InitArgs {
    /// The folder of the Rust crate or the Python project
    #[arg(value_name = "PROJECT", default_value = ".")]
    pub(crate) project: PathBuf,
    /// The name for Python, where a crate's own is not to be it
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The oldest CPython; that of requires-python, else 3.8, by default
    #[arg(long, value_name = "3.N", value_parser = floor)]
    pub(crate) floor: Option<PythonVersion>,
    /// Let maturin take the place of another build backend
    #[arg(long)]
    pub(crate) change_backend: bool,
    /// Write without asking
    #[arg(short, long, conflicts_with = "dry_run")]
    pub(crate) yes: bool,
    /// Show the diff, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

impl InitArgs {
    /// What they mean.
    pub(crate) fn request(&self) -> init::Request {
        init::Request {
            root: self.project.clone(),
            name: self.name.clone(),
            floor: self.floor,
            change_backend: self.change_backend,
        }
    }
}

fn floor(text: &str) -> Result<PythonVersion, String> {
    let version = undotted(text).filter(|version| *version == (3, version.1) && FLOORS.contains(&version.1));
    version.ok_or_else(|| format!("3.{} to 3.{}", FLOORS.start(), FLOORS.end()))
}
