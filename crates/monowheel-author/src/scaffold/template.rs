//! A template: the files of an example, and its metadata.

use monowheel_error::near_names::nearest;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::abi::{PythonVersion, dotted, undotted};
use serde::Serialize;

use crate::scaffold::file::File;

/// Default template.
pub const DEFAULT: &str = "hello_world";

/// Every example, embedded by build.rs.
const EMBEDDED: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// An example in the binary.
#[derive(Clone, Copy, Debug)]
struct Embedded {
    name: &'static str,
    files: &'static [EmbeddedFile],
}

/// A file of an example in the binary.
#[derive(Clone, Copy, Debug)]
struct EmbeddedFile {
    path: &'static str,
    executable: bool,
    text: &'static str,
}

/// The files of an example.
#[derive(Clone, Debug)]
pub struct Template {
    /// The directory in `examples/`: its own name, which is replaced by the project's.
    pub(crate) name: &'static str,
    /// Its description, in a sentence.
    pub(crate) summary: String,
    /// The oldest CPython that it supports.
    pub(crate) floor: PythonVersion,
    /// Its files.
    pub(super) files: Vec<File>,
}

/// A template's entry in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The value of `--template`.
    pub name: &'static str,
    /// Its description, in a sentence.
    pub summary: String,
    /// The oldest CPython that it supports: `3.8`.
    pub floor: String,
    /// Whether it is the default.
    pub default: bool,
}

impl Template {
    /// The names of all templates.
    #[must_use]
    pub(crate) fn names() -> Vec<&'static str> {
        EMBEDDED.iter().map(|example| example.name).collect()
    }

    /// Every template, the default first.
    ///
    /// # Errors
    /// As `find`.
    pub fn list() -> Result<Vec<Entry>> {
        let mut entries: Vec<Entry> = (Self::names().into_iter())
            .map(|name| Self::find(name).map(|template| template.entry()))
            .collect::<Result<_>>()?;
        entries.sort_by_key(|entry| (!entry.default, entry.name));
        Ok(entries)
    }

    /// The template of a name; its words may be joined by `-` or `_`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when there is none of that name. [`ErrorKind::Format`] for an example without a description
    /// or an oldest CPython, which is a defect of monowheel.
    pub(crate) fn find(name: &str) -> Result<Self> {
        let wanted = name.replace('-', "_");
        let example = EMBEDDED.iter().find(|example| example.name == wanted).ok_or_else(|| {
            let near = nearest(&wanted, Self::names()).map(|name| format!("did you mean {name}? "));
            Error::new(ErrorKind::Usage, format!("no template {name:?}")).at("--template").next(format!(
                "{}choose from: {}",
                near.unwrap_or_default(),
                Self::names().join(", ")
            ))
        })?;
        let files: Vec<File> = (example.files.iter())
            .map(|file| File { executable: file.executable, ..File::new(file.path, file.text) })
            .collect();
        let (summary, floor) = said(&files).ok_or_else(|| {
            Error::new(ErrorKind::Format, "its pyproject.toml has no description or no requires-python")
                .at(format!("the template {}", example.name))
        })?;
        Ok(Self { name: example.name, summary, floor, files })
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scaffold::examples::{self, ExampleFile};

    #[test]
    fn every_example_is_a_template_byte_for_byte() {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join(examples::DIRECTORY);
        let examples = examples::read(&examples).unwrap().examples;
        let names: Vec<&str> = examples.iter().map(|example| example.name.as_str()).collect();
        let stale = "the binary has other examples than examples/: `touch build.rs`, and build again";
        assert_eq!(Template::names(), names, "{stale}");
        for example in examples {
            let template = Template::find(&example.name).unwrap();
            assert!(!template.summary.is_empty() && template.floor >= (3, 8), "{}", example.name);
            let files: Vec<ExampleFile> = (template.files.iter().cloned())
                .map(|File { path, text, executable }| ExampleFile { path, executable, text })
                .collect();
            assert_eq!(files, example.files, "{stale}");
            for wanted in ["Cargo.toml", "Cargo.lock", "pyproject.toml", "README.md", "LICENSE-MIT", "src/lib.rs"] {
                assert!(template.text(wanted).is_some(), "{} has no {wanted}", example.name);
            }
        }
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
}
