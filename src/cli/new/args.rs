//! Arguments of `new` and `init`.

use std::path::PathBuf;

use clap::Args;
use monowheel_author::scaffold::init;
use monowheel_author::scaffold::new::{FLOORS, Request};
use monowheel_author::scaffold::template::DEFAULT;
use monowheel_wheel::abi::{PythonVersion, undotted};

/// A new project.
#[derive(Args, Debug)]
pub(crate) struct NewArgs {
    /// Project name: lower-case letters, digits, - or _; the import name has _
    #[arg(value_name = "NAME", required_unless_present = "list")]
    pub(crate) name: Option<String>,
    /// Template to start from
    #[arg(short, long, value_name = "NAME", default_value = DEFAULT)]
    pub(crate) template: String,
    /// List the templates, one per line
    #[arg(long, conflicts_with = "name")]
    pub(crate) list: bool,
    /// Oldest CPython, for requires-python and PyO3's feature together [default: the template's]
    #[arg(long, value_name = "3.N", value_parser = floor)]
    pub(crate) floor: Option<PythonVersion>,
    /// Directory of the project [default: ./NAME]
    #[arg(long, value_name = "DIR")]
    pub(crate) path: Option<PathBuf>,
    /// Show what would be written without writing anything
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not write CI workflows
    #[arg(long)]
    pub(crate) no_ci: bool,
    /// Do not create a git repository
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

/// Additions to an existing project.
#[derive(Args, Debug)]
pub(crate) struct InitArgs {
    /// Directory of the Rust crate or Python project
    #[arg(value_name = "PROJECT", default_value = ".")]
    pub(crate) project: PathBuf,
    /// Name of the Python package, if it is not the crate's name
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Oldest CPython [default: that of requires-python, else 3.8]
    #[arg(long, value_name = "3.N", value_parser = floor)]
    pub(crate) floor: Option<PythonVersion>,
    /// Replace another build backend by maturin
    #[arg(long)]
    pub(crate) change_backend: bool,
    /// Write without asking
    #[arg(short, long, conflicts_with = "dry_run")]
    pub(crate) yes: bool,
    /// Show the diff without writing anything
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
