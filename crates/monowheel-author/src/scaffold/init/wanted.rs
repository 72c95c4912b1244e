//! The files of the default template, under the project's name, and their tables added to existing files.

use std::path::Path;

use monowheel_error::Result;
use monowheel_wheel::abi::PythonVersion;
use toml_edit::{DocumentMut, Item, Table};

use crate::scaffold::file::{File, text};
use crate::scaffold::name::Name;
use crate::scaffold::render::{Author, Wanted as Rendered, document, render};
use crate::scaffold::template::{DEFAULT, Template};
use crate::scaffold::words::Words;

/// The name in the files of `assets/`.
pub(super) const OWN: &str = "own_lib";

/// What to add, and under which name.
pub(super) struct Wanted<'a> {
    pub(super) name: &'a Name,
    pub(super) floor: PythonVersion,
}

/// The binding and its tests, under a name.
pub(super) fn parts(name: &Name) -> Vec<(String, String)> {
    let words = Words::new(OWN, &name.import);
    let import = &name.import;
    [
        ("src/python/mod.rs".to_owned(), include_str!("../assets/mod.rs")),
        ("src/python/errors.rs".to_owned(), include_str!("../assets/errors.rs")),
        (format!("python/{import}/__init__.py"), include_str!("../assets/package.py")),
        (format!("python/{import}/_{import}.pyi"), include_str!("../assets/stub.pyi")),
        (format!("tests/python/test_{import}.py"), include_str!("../assets/check.py")),
    ]
    .into_iter()
    .map(|(path, text)| (path, words.replaced(text)))
    .collect()
}

impl Wanted<'_> {
    /// The files of the default template under this name.
    pub(super) fn rendered(&self) -> Result<Vec<File>> {
        let author = Author::default();
        let Self { name, floor } = *self;
        render(&Template::find(DEFAULT)?, &Rendered { name, floor, author: &author, year: "", nested: false })
    }

    /// One of these files, as TOML.
    pub(super) fn manifest(&self, path: &str) -> Result<DocumentMut> {
        let files = self.rendered()?;
        let text = files.iter().find(|file| file.path == path).map(|file| file.text.as_str());
        document(text.unwrap_or_default())
    }

    pub(super) fn pyproject(&self) -> Result<DocumentMut> {
        self.manifest("pyproject.toml")
    }
}

/// The file with its missing tables of `new` at its end; `new` itself if there is no file.
pub(super) fn merged(path: &Path, new: &DocumentMut) -> Result<String> {
    let Some(old) = text(path)? else { return Ok(new.to_string()) };
    let old = document(&old).map_err(|error| error.at(path.display()))?;
    let mut lacking = DocumentMut::new();
    for (key, item) in new.iter() {
        match (old.get(key), item.as_table_like()) {
            (None, _) => drop(lacking.insert(key, item.clone())),
            (Some(old), Some(new)) if key == "tool" => {
                let mut tools = Table::new();
                tools.set_implicit(true);
                for (tool, table) in new.iter().filter(|(tool, _)| old.get(tool).is_none()) {
                    tools.insert(tool, table.clone());
                }
                lacking.insert(key, Item::Table(tools));
            }
            _ => {}
        }
    }
    appended(&old, &lacking).map_err(|error| error.at(path.display()))
}

/// A file with more tables at its end, after its contents and comments.
pub(super) fn appended(old: &DocumentMut, more: &DocumentMut) -> Result<String> {
    let (old, more) = (old.to_string(), more.to_string());
    if more.trim().is_empty() {
        return Ok(old);
    }
    let both = format!("{}\n\n{}", old.trim_end(), more.trim_start());
    document(&both)?;
    Ok(both)
}
