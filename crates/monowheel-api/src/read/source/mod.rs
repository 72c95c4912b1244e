//! The surface of a crate from its sources: nothing is compiled, and nothing runs.

mod callable;
mod class;
mod index;
mod module;
mod types;
mod union;
mod uses;

use std::path::{Path, PathBuf};

use monowheel_audit::source::{self, File, Source};
use monowheel_error::{Error, ErrorKind, Result};

use crate::read::source::index::{Index, Item};
pub use crate::read::source::types::Way;
pub use crate::read::source::uses::{Use, uses};
use crate::surface::{Note, Surface};

/// A project, read from its sources.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// Its surface.
    pub surface: Surface,
    /// The complete name of the extension module.
    pub module: String,
    /// The directory of the Python package, or that of a module without one.
    pub folder: PathBuf,
    /// Whether the package has `py.typed`.
    pub is_typed: bool,
    /// The version in Cargo.toml, if it is stated there.
    pub version: Option<String>,
    /// The number of lines of Rust that were read.
    pub lines: usize,
}

/// Reads a project.
///
/// # Errors
/// [`ErrorKind::Usage`] if it has no crate with bindings, or no module that can be found in its sources.
pub fn read(path: &Path) -> Result<Project> {
    of(&source::read(path)?, path)
}

/// As [`read`], of sources that were read; `path` is the one given by the user.
///
/// # Errors
/// As [`read`].
pub fn of(source: &Source, path: &Path) -> Result<Project> {
    let files: Vec<&File> = source.asked_files().collect();
    let lines = files.iter().map(|file| file.lines).sum();
    let index = Index::of(files);
    let mut notes: Vec<Note> = Vec::new();
    for file in source.unread() {
        notes.push(Note { place: file.0, what: file.1 });
    }
    for file in &index.files {
        for hidden in &file.exports.hidden {
            let what = format!("the macro {} may define more: macros are not expanded", hidden.what);
            notes.push(Note { place: format!("{}:{}", file.path, hidden.line), what });
        }
    }
    let stated = source.module_name();
    let root = root(&index, stated.as_deref().or(source.library().as_deref())).ok_or_else(|| {
        Error::new(ErrorKind::Usage, "no #[pymodule] was found in the sources")
            .at(path.display())
            .next("name the directory of the crate that defines the module")
    })?;
    let (file, item) = root;
    // `module-name` may place it in a package; without one, the module has the name of the library.
    let name = match &stated {
        Some(stated) if stated.contains('.') || *stated == item.python => stated.clone(),
        _ => item.python.clone(),
    };
    let surface = module::surface(&index, (file, item), &name, source.pyo3(), notes);
    let folder = source.python_folder(path);
    let folder = match name.rsplit_once('.') {
        Some((package, _)) => folder.join(package.replace('.', "/")),
        None => folder,
    };
    let is_typed = source.is_typed();
    Ok(Project { surface, module: name, folder, is_typed, version: source.version(), lines })
}

/// The `#[pymodule]` that is built: the one with the last component of the stated name, else the only one that is not
/// inside another.
fn root<'a>(
    index: &Index<'a>,
    stated: Option<&str>,
) -> Option<(usize, &'a monowheel_audit::source::exports::ModuleItem)> {
    let all = index.files.iter().enumerate();
    let all = all.flat_map(|(number, file)| file.exports.modules.iter().map(move |module| (number, module)));
    let outer: Vec<_> = all.filter(|(_, module)| !module.is_inner).collect();
    let last = stated.map(|stated| stated.rsplit('.').next().unwrap_or(stated));
    let named = outer.iter().find(|(_, module)| last.is_some_and(|last| last == module.python));
    named.or_else(|| outer.iter().min_by_key(|(_, module)| module.around.len())).copied()
}

/// Where an item is, for people.
fn place(index: &Index<'_>, file: usize, line: u32) -> String {
    index.files.get(file).map(|file| format!("{}:{line}", file.path)).unwrap_or_default()
}

/// Whether an item is a class or an exception, and its index.
const fn class_of(item: Item<'_>) -> Option<usize> {
    match item {
        Item::Class(class) | Item::Exception(class) => Some(class),
        _ => None,
    }
}
