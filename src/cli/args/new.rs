//! The words of `new` and `init`.

use std::path::PathBuf;

use clap::Args;

use crate::abi::{PythonVersion, undotted};
use crate::scaffold::new::{FLOORS, Request};
use crate::scaffold::template::DEFAULT;

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

fn floor(text: &str) -> Result<PythonVersion, String> {
    let version = undotted(text).filter(|version| *version == (3, version.1) && FLOORS.contains(&version.1));
    version.ok_or_else(|| format!("3.{} to 3.{}", FLOORS.start(), FLOORS.end()))
}
