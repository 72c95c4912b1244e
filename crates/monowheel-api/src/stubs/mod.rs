//! PEP 561 stubs: written from a surface, with the parts that people wrote kept between marks.

mod check;
mod imports;
mod kept;
mod signature;
mod write;

use std::path::{Path, PathBuf};

pub use check::{Contradiction, contradictions, disagreements};
pub use kept::{END, KEEP, is_generated};

use crate::surface::Surface;

/// A stub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stub {
    /// The module that it is for.
    pub module: String,
    /// Where it is, relative to the directory of the extension module.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// The stubs of a surface: one file for each module. A module with others below it is a directory.
#[must_use]
pub fn stubs(surface: &Surface) -> Vec<Stub> {
    let root = surface.modules.first().map(|module| module.name.as_str()).unwrap_or_default();
    let package = root.rsplit_once('.').map_or("", |(package, _)| package);
    let one = |module: &crate::surface::Module| {
        let below = format!("{}.", module.name);
        let is_package = surface.modules.iter().any(|other| other.name.starts_with(&below));
        let inner = module.name.strip_prefix(package).unwrap_or(&module.name).trim_start_matches('.');
        let path = inner.replace('.', "/");
        let path = if is_package { format!("{path}/__init__.pyi") } else { format!("{path}.pyi") };
        Stub { module: module.name.clone(), path: PathBuf::from(path), text: write::text(module) }
    };
    surface.modules.iter().map(one).collect()
}

/// The text that a stub gets where another is: with the parts that people wrote.
#[must_use]
pub fn with_kept(stub: &Stub, existing: Option<&str>) -> String {
    existing.map_or_else(|| stub.text.clone(), |existing| kept::merged(&stub.text, existing))
}

/// Whether a surface can be written below a directory: each name of a module has to be one of a file.
#[must_use]
pub fn is_writable(path: &Path) -> bool {
    path.components().all(|part| matches!(part, std::path::Component::Normal(_)))
}
