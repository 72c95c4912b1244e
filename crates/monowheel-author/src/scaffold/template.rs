//! What a template is: the files of an example, and what it says of itself.

use monowheel_error::near_names::nearest;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::abi::{PythonVersion, dotted, undotted};
use serde::Serialize;

use crate::scaffold::file::File;
use crate::scaffold::packed::{PACKED, shared};

/// The template of who names none.
pub const DEFAULT: &str = "hello_world";

/// The files of an example.
#[derive(Clone, Debug)]
pub struct Template {
    /// The folder in `examples/`: its own name, which a project's takes the place of.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub summary: String,
    /// The oldest CPython that it is for.
    pub floor: PythonVersion,
    /// Its files.
    pub(super) files: Vec<File>,
}

/// What a list says of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The word of `--template`.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub summary: String,
    /// The oldest CPython that it is for: `3.8`.
    pub floor: String,
    /// Whether it is taken where none is named.
    pub default: bool,
}

impl Template {
    /// The names of all templates.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        PACKED.iter().map(|packed| packed.name).collect()
    }

    /// Every template, the one that is taken by default first.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub fn list() -> Result<Vec<Entry>> {
        let mut entries: Vec<Entry> = (Self::names().into_iter())
            .map(|name| Self::find(name).map(|template| template.entry()))
            .collect::<Result<_>>()?;
        entries.sort_by_key(|entry| (!entry.default, entry.name));
        Ok(entries)
    }

    /// The template of a name; its words may be joined by `-` as well as by `_`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when there is none of that name. [`ErrorKind::Format`] for one that is packed wrong: a fault
    /// of monowheel, which a test would have found.
    pub fn find(name: &str) -> Result<Self> {
        let wanted = name.replace('-', "_");
        let packed = PACKED.iter().find(|packed| packed.name == wanted).ok_or_else(|| {
            let near = nearest(&wanted, Self::names()).map(|name| format!("did you mean {name}? "));
            Error::new(ErrorKind::Usage, format!("there is no template {name:?}")).at("--template").next(format!(
                "{}There are: {}",
                near.unwrap_or_default(),
                Self::names().join(", ")
            ))
        })?;
        let files = unpacked(packed.text).map_err(|error| error.at(format!("the template {}", packed.name)))?;
        let (summary, floor) = said(&files).ok_or_else(|| {
            Error::new(ErrorKind::Format, "its pyproject.toml has no description or no requires-python")
                .at(format!("the template {}", packed.name))
        })?;
        Ok(Self { name: packed.name, summary, floor, files })
    }

    fn entry(&self) -> Entry {
        Entry {
            name: self.name,
            summary: self.summary.clone(),
            floor: dotted(self.floor),
            default: self.name == DEFAULT,
        }
    }

    /// The text of one of its files.
    #[must_use]
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }
}

/// `[project]`'s description, and the oldest version of its requires-python.
fn said(files: &[File]) -> Option<(String, PythonVersion)> {
    let pyproject = files.iter().find(|file| file.path == "pyproject.toml")?;
    let table: toml::Table = pyproject.text.parse().ok()?;
    let project = table.get("project")?;
    let floor = project.get("requires-python")?.as_str()?.strip_prefix(">=")?;
    Some((project.get("description")?.as_str()?.to_owned(), undotted(floor)?))
}

/// The files of a text in txtar's form: a line `-- PATH --`, then the file, up to the next such line. Behind the path
/// may stand `(executable)`, or `(shared)` for one of the repository's own texts, which is not said again.
fn unpacked(text: &str) -> Result<Vec<File>> {
    let wrong = |what: &str| Error::new(ErrorKind::Format, what);
    let mut files: Vec<File> = Vec::new();
    for line in text.split_inclusive('\n') {
        let head = line.strip_prefix("-- ").and_then(|line| line.trim_end().strip_suffix(" --"));
        let Some(head) = head else {
            files.last_mut().ok_or_else(|| wrong("a line stands before the first file"))?.text += line;
            continue;
        };
        let mut file = File::new(head, String::new());
        if let Some(path) = head.strip_suffix(" (executable)") {
            file.path = path.to_owned();
            file.executable = true;
        } else if let Some(path) = head.strip_suffix(" (shared)") {
            file.path = path.to_owned();
            file.text = shared(path).ok_or_else(|| wrong("a shared text is not here"))?.to_owned();
        }
        files.push(file);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_template_is_the_example_that_git_has() {
        // `python ci/templates.py` packs them anew.
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        for name in Template::names() {
            let template = Template::find(name).unwrap();
            assert!(!template.summary.is_empty() && template.floor >= (3, 8), "{name}");
            for file in &template.files {
                let path = examples.join(name).join(&file.path);
                assert_eq!(fs_err::read_to_string(&path).unwrap(), file.text, "{}", path.display());
            }
            for wanted in ["Cargo.toml", "Cargo.lock", "pyproject.toml", "README.md", "LICENSE-MIT", "src/lib.rs"] {
                assert!(template.text(wanted).is_some(), "{name} has no {wanted}");
            }
        }
        let mut folders: Vec<String> = (fs_err::read_dir(examples).unwrap())
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().join("Cargo.toml").is_file())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        folders.sort();
        assert_eq!(Template::names(), folders);
    }

    #[test]
    fn a_list_begins_with_the_default() {
        let list = Template::list().unwrap();
        assert_eq!(list.first().map(|entry| (entry.name, entry.default)), Some((DEFAULT, true)));
        assert_eq!(list.iter().filter(|entry| entry.default).count(), 1);
    }

    #[test]
    fn a_wrong_name_gets_the_nearest_one() {
        let error = Template::find("helo-wrld").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.to_string().contains("did you mean hello_world?"), "{error}");
        assert!(Template::find("hello-world").is_ok());
    }

    #[test]
    fn files_are_unpacked() {
        let text = "-- a --\none\n\n-- b/c (executable) --\n-- LICENSE-MIT (shared) --\n-- d --\n-- not a mark\n";
        let files = unpacked(text).unwrap();
        let seen: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.executable, file.text.as_str())).collect();
        assert_eq!(seen[0], ("a", false, "one\n\n"));
        assert_eq!(seen[1], ("b/c", true, ""));
        assert!(seen[2].0 == "LICENSE-MIT" && seen[2].2.starts_with("MIT License"));
        assert_eq!(seen[3], ("d", false, "-- not a mark\n"));
        assert!(unpacked("x\n-- a --\n").is_err());
        assert!(unpacked("-- nothing (shared) --\n").is_err());
    }
}
