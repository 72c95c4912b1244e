//! Adds to an existing project what it needs to be built with monowheel: shown as a diff, then written completely or
//! not at all.
//!
//! A Rust crate gets an extension module, enabled by a feature; a Python project gets a crate, and on request another
//! build backend. Nothing is moved or deleted. If a file exists with a different text, it is named, and nothing is
//! written at all.

mod compiled;
mod complete;
mod declare;
mod extras;
mod python;
mod rust;
mod setuptools_rust;
mod wanted;

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, ExitCode, Result};
use monowheel_system::exec::quoted;
use monowheel_system::text_changes::{self, Change};
use monowheel_wheel::abi::{PythonVersion, dotted};
use serde::Serialize;

use self::wanted::Wanted;
use crate::scaffold::file::{File, Seen, State, text};
use crate::scaffold::name::Name;
use crate::scaffold::render::{CHANGELOG, GITIGNORE};

/// The version of the JSON form.
pub(crate) const SCHEMA: &str = "monowheel.init/1";
/// The dependency to add; the templates have the same.
const PYO3: &str = "0.29.3";

/// The request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The project's directory.
    pub root: PathBuf,
    /// The distribution's name; by default that of the crate or the project.
    pub name: Option<String>,
    /// The oldest CPython; by default that of requires-python, else 3.8.
    pub floor: Option<PythonVersion>,
    /// Whether to replace another build backend by maturin.
    pub change_backend: bool,
}

/// What a project was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A crate without Python.
    Crate,
    /// A Python project without Rust.
    Python,
    /// A crate with PyO3.
    Complete,
}

/// The additions to a project.
#[derive(Clone, Debug, Serialize)]
pub struct Init {
    /// [`SCHEMA`].
    pub(crate) schema: &'static str,
    /// The version of monowheel.
    pub(crate) monowheel: &'static str,
    /// The distribution's name.
    pub name: String,
    /// The import name.
    pub(crate) import: String,
    /// The project's directory.
    pub folder: String,
    /// What it was before.
    pub kind: Kind,
    /// Whether files were written.
    pub written: bool,
    /// The files to write, and their state; the edited ones last.
    pub files: Vec<Seen>,
    /// Why nothing can be written, and the next step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
    /// What is left to do by hand.
    pub by_hand: Vec<String>,
    /// The next commands.
    pub next: Vec<String>,
    #[serde(skip)]
    root: PathBuf,
}

/// Why nothing can be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The reason.
    pub(crate) why: String,
    /// The next step.
    pub(crate) next: String,
}

/// The additions found for a project.
#[derive(Default)]
struct Found {
    files: Vec<(File, bool)>,
    by_hand: Vec<String>,
    refused: Option<Refusal>,
}

impl Found {
    /// A file that is new, or exists already with the same text.
    fn add(&mut self, file: File) {
        self.files.push((file, false));
    }

    /// A file to edit.
    fn edit(&mut self, file: File) {
        self.files.push((file, true));
    }
}

impl Init {
    /// Plans the additions to a project. Nothing is written.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] and [`ErrorKind::Project`] for a directory that is not a project, or one that cannot
    /// become an extension as it is; each with the next step.
    pub fn look(request: &Request) -> Result<Self> {
        if !request.root.is_dir() {
            return Err(Error::new(ErrorKind::Usage, "no such directory")
                .at(request.root.display())
                .next("create one with monowheel new NAME"));
        }
        let root = fs_err::canonicalize(&request.root)?;
        if let Some(complete) = complete::Complete::read(&root, request)? {
            return Self::complete(&root, &complete);
        }
        let package = python::Package::read(&root)?;
        let cargo = rust::Crate::read(&root)?;
        match (cargo, package) {
            (Some(_), Some(package)) => Err(package.beside_a_crate()),
            (Some(cargo), None) => {
                let name = Name::parse(request.name.as_deref().unwrap_or_else(|| cargo.name()))
                    .map_err(|error| otherwise_named(error, request))?;
                let floor = request.floor.unwrap_or((3, 8));
                let mut found = cargo.lacks(&Wanted { name: &name, floor })?;
                found.files.splice(0..0, once(&root)?);
                let next = ["cargo test --no-default-features", "cargo check --features abi3", "monowheel build"];
                Self::of(&root, name, Kind::Crate, found, &next)
            }
            (None, Some(package)) => {
                if request.name.is_some() {
                    return Err(Error::new(ErrorKind::Usage, "this project already has a name")
                        .at("--name")
                        .next("leave out --name"));
                }
                let (name, mut found) = package.lacks(request)?;
                found.files.splice(0..0, once(&root)?);
                let next = ["cargo test --no-default-features", "pip install .", "monowheel build"];
                Self::of(&root, name, Kind::Python, found, &next)
            }
            (None, None) => Err(Error::new(ErrorKind::Usage, "neither a Cargo.toml nor a Python project found")
                .at(root.display())
                .next(elsewhere(&request.root))),
        }
    }

    fn of(root: &Path, name: Name, kind: Kind, found: Found, next: &[&str]) -> Result<Self> {
        let look = |(file, edited): &(File, bool)| file.look(root, *edited);
        let files: Vec<Seen> = found.files.iter().map(look).collect::<Result<_>>()?;
        let differs: Vec<&str> =
            files.iter().filter(|file| file.state == State::Differs).map(|file| file.path.as_str()).collect();
        let refused = found.refused.or_else(|| {
            (!differs.is_empty()).then(|| Refusal {
                why: format!("existing files with different contents were not changed: {}", differs.join(", ")),
                next: "move them elsewhere, or apply the diff by hand".to_owned(),
            })
        });
        let mut next: Vec<String> = next.iter().map(|&command| command.to_owned()).collect();
        next.push("monowheel ci github".to_owned());
        Ok(Self {
            schema: SCHEMA,
            monowheel: monowheel_error::VERSION,
            name: name.distribution,
            import: name.import,
            folder: root.display().to_string(),
            kind,
            written: false,
            files,
            refused,
            by_hand: found.by_hand,
            next,
            root: root.to_path_buf(),
        })
    }

    /// A crate with PyO3.
    fn complete(root: &Path, complete: &complete::Complete<'_>) -> Result<Self> {
        if !complete.is_cdylib() {
            // Whether other crates use the library too is unknown here.
            return Err(Error::new(ErrorKind::Project, "the library is not a cdylib, so Python cannot load it")
                .at(root.display())
                .next("[lib]\ncrate-type = [\"cdylib\", \"rlib\"]"));
        }
        let found = complete.missing()?;
        let name = Name { distribution: complete.name.clone(), import: complete.library.clone() };
        Self::of(root, name, Kind::Complete, found, &["monowheel doctor", "monowheel build"])
    }

    /// Whether nothing is to be written.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.refused.is_none() && self.files.iter().all(|file| file.state == State::Same)
    }

    /// Writes every file, or none.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when it was refused; when a file cannot be written, or changed meanwhile.
    pub fn write(&mut self) -> Result<()> {
        if let Some(refused) = &self.refused {
            return Err(refused.error(&self.folder));
        }
        let changes: Vec<Change> = (self.files.iter())
            .filter(|file| matches!(file.state, State::Missing | State::Edited))
            .map(|file| Change {
                path: self.root.join(&file.path),
                before: file.before.clone(),
                after: file.after.clone(),
            })
            .collect();
        text_changes::write_all(&changes)?;
        self.written = !changes.is_empty();
        Ok(())
    }

    /// The exit code of a command that only checks.
    #[must_use]
    pub const fn exit_code(&self) -> ExitCode {
        if self.refused.is_some() { ExitCode::Usage } else { ExitCode::Clean }
    }
}

impl Refusal {
    /// The same as an error.
    #[must_use]
    pub fn error(&self, place: &str) -> Error {
        Error::new(ErrorKind::Project, &self.why).at(place).next(&self.next)
    }
}

/// The next step in a directory without a project: a new one, here if it is empty.
fn elsewhere(root: &Path) -> String {
    let is_empty = fs_err::read_dir(root).is_ok_and(|mut entries| entries.next().is_none());
    let path = if is_empty { root.to_path_buf() } else { root.join("NAME") };
    format!("name the directory of a project, or create one: monowheel new NAME --path {}", quoted(&path))
}

/// The error for a crate's name that a distribution cannot have.
fn otherwise_named(error: Error, request: &Request) -> Error {
    match request.name {
        Some(_) => error,
        None => {
            let next =
                format!("choose another name for Python: --name NAME\n{}", error.next_step().unwrap_or_default());
            error.next(next)
        }
    }
}

/// Files that every project needs once, whatever their contents.
fn once(root: &Path) -> Result<Vec<(File, bool)>> {
    let mut files = Vec::new();
    for (name, others, new) in [
        (".gitignore", &[".gitignore"][..], GITIGNORE),
        ("CHANGELOG.md", &["changelog", "changes", "history", "news"], CHANGELOG),
    ] {
        let mut is_there = false;
        for entry in fs_err::read_dir(root)? {
            let found = entry?.file_name().to_string_lossy().to_lowercase();
            is_there |= others.iter().any(|other| found == *other || found.starts_with(&format!("{other}.")));
        }
        // A file of an earlier run is shown as the same.
        let is_own = text(&root.join(name))?.as_deref() == Some(new);
        if !is_there || is_own {
            files.push((File::new(name, new), false));
        }
    }
    Ok(files)
}

/// A file that must exist.
fn lines_of(path: &Path) -> Result<String> {
    text(path)?.ok_or_else(|| Error::new(ErrorKind::Project, "no such file").at(path.display()))
}

fn slashed(path: &Path) -> String {
    monowheel_system::git::slashed(path)
}

/// `3.8` in a sentence.
fn said(floor: PythonVersion) -> String {
    format!("CPython {}", dotted(floor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scaffold::template::{DEFAULT, Template};

    #[test]
    fn what_is_added_is_what_the_templates_have() {
        let template = Template::find(DEFAULT).unwrap();
        let manifest: toml::Table = template.text("Cargo.toml").unwrap().parse().unwrap();
        assert_eq!(manifest["dependencies"]["pyo3"]["version"].as_str(), Some(PYO3));
    }
}
