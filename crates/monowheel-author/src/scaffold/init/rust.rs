//! Turns a Rust crate into an extension module, with as few changes to it as possible.

use std::path::{Path, PathBuf};

use cargo_toml::Manifest;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::bindings::has_bindings;
use monowheel_manifest::cargo::read_manifest;
use monowheel_manifest::inside::Scope;
use monowheel_manifest::members::of_workspace;
use monowheel_system::exec::quoted;
use monowheel_wheel::abi::dotted;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table};

use crate::scaffold::file::{File, text};
use crate::scaffold::init::wanted::{Wanted, appended, merged, parts};
use crate::scaffold::init::{Found, PYO3, declare, lines_of, slashed};
use crate::scaffold::render::document;

/// The oldest Rust that PyO3 compiles with.
const RUST: (u64, u64) = (1, 83);

/// A crate without Python.
pub(super) struct Crate {
    document: DocumentMut,
    root: PathBuf,
    /// Its library name.
    pub(super) library: String,
    /// The root file, relative to the crate's directory.
    source: PathBuf,
}

/// The directories of the workspace's members with PyO3; if none has it, of those with a library.
fn members(root: &Path) -> Vec<PathBuf> {
    let scope = Scope::own();
    let Ok(workspace) = read_manifest(&root.join("Cargo.toml"), &scope) else { return Vec::new() };
    let paths = of_workspace(&workspace, root, &scope).unwrap_or_default();
    let read: Vec<(&Path, Manifest)> =
        paths.iter().filter_map(|path| Some((path.parent()?, read_manifest(path, &scope).ok()?))).collect();
    let those = |is_wanted: fn(&Manifest) -> bool| -> Vec<PathBuf> {
        let wanted = read.iter().filter(|(_, manifest)| is_wanted(manifest));
        wanted.filter_map(|(folder, _)| folder.strip_prefix(root).ok()).map(Path::to_path_buf).collect()
    };
    let with_bindings = those(has_bindings);
    if with_bindings.is_empty() { those(|manifest| manifest.lib.is_some()) } else { with_bindings }
}

impl Crate {
    /// Reads Cargo.toml of the directory `root`.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] for a manifest without a library crate; [`ErrorKind::Usage`] for one that is not text.
    pub(super) fn read(root: &Path) -> Result<Option<Self>> {
        let path = root.join("Cargo.toml");
        let Some(manifest) = text(&path)? else { return Ok(None) };
        let document = document(&manifest).map_err(|error| error.at(path.display()))?;
        let wrong = |what: &str, next: &str| Err(Error::new(ErrorKind::Project, what).at(path.display()).next(next));
        let Some(package) = document.get("package").and_then(Item::as_table_like) else {
            let commands: Vec<String> =
                members(root).iter().map(|member| format!("monowheel init {}", quoted(member))).collect();
            let next =
                if commands.is_empty() { "name the directory of a member".to_owned() } else { commands.join("\n") };
            return wrong("a workspace without a package: choose the member for the extension", &next);
        };
        let library = document.get("lib").and_then(Item::as_table_like);
        let of_lib = |key: &str| library.and_then(|library| library.get(key));
        let is_macro = ["proc-macro", "proc_macro"].iter().any(|key| of_lib(key).and_then(Item::as_bool) == Some(true));
        if is_macro {
            return wrong("a crate of procedural macros cannot be loaded by Python", "name a crate with a library");
        }
        if package.get("edition").is_none_or(|edition| edition.as_str() == Some("2015")) {
            return wrong(
                "the crate uses the Rust edition 2015",
                "run cargo fix --edition, then set edition = \"2018\" or later",
            );
        }
        let source = PathBuf::from(of_lib("path").and_then(Item::as_str).unwrap_or("src/lib.rs"));
        if !root.join(&source).is_file() {
            let next = "move the code for Python from src/main.rs to src/lib.rs, and use the library from the program";
            return Err(Error::new(ErrorKind::Project, "the crate has no library: a program cannot be imported")
                .at(root.join(&source).display())
                .next(next));
        }
        let name = of_lib("name").and_then(Item::as_str).or(package.get("name").and_then(Item::as_str));
        let Some(name) = name else { return wrong("[package] has no name", "add name = \"…\"") };
        let library = name.replace('-', "_");
        Ok(Some(Self { root: root.to_path_buf(), library, source, document }))
    }

    /// The name of its package, as written.
    pub(super) fn name(&self) -> &str {
        self.package("name").unwrap_or(&self.library)
    }

    fn package(&self, key: &str) -> Option<&str> {
        self.document.get("package")?.get(key)?.as_str()
    }

    /// The additions. The manifest comes last: until it is written, this crate has no PyO3, and a killed run can be
    /// repeated.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when the names to add are already in use.
    pub(super) fn lacks(&self, wanted: &Wanted<'_>) -> Result<Found> {
        let (mut by_hand, import) = (Vec::new(), &wanted.name.import);
        let mut found = Found::default();
        let beside = slashed(self.source.parent().unwrap_or(Path::new("")));
        let folder = if beside.is_empty() { String::new() } else { format!("{beside}/") };
        for (path, text) in parts(wanted.name) {
            found.add(File::new(&path.replace("src/", &folder), text));
        }
        found.add(File::new(&format!("python/{import}/py.typed"), ""));
        let source = self.root.join(&self.source);
        let code = lines_of(&source)?;
        let Some(with_module) = declare::declared(&code) else {
            return Err(Error::new(ErrorKind::Project, "a module `python` is already declared here")
                .at(source.display())
                .next("rename it: the extension module needs this name"));
        };
        for (attribute, advice) in [
            ("no_std", "#![no_std]: PyO3 needs std; add `#[cfg(feature = \"python\")] extern crate std;`"),
            (
                "forbid(unsafe_code)",
                "#![forbid(unsafe_code)] rejects PyO3's macros: use `deny`, and add #![allow(unsafe_code)] to the module `python`",
            ),
        ] {
            if code.lines().any(|line| line.trim() == format!("#![{attribute}]")) {
                by_hand.push(format!("{}: {advice}", slashed(&self.source)));
            }
        }
        found.edit(File::new(&slashed(&self.source), with_module));
        let (pyproject, advice) = self.pyproject(wanted)?;
        by_hand.extend(advice);
        found.edit(File::new("pyproject.toml", pyproject));
        found.edit(File::new("Cargo.toml", self.manifest(wanted)?));
        if let Some(rust) = self.package("rust-version") {
            let mut numbers = rust.split('.').map(|number| number.parse::<u64>().unwrap_or(0));
            if (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) < RUST {
                let (major, minor) = RUST;
                by_hand.push(format!("Cargo.toml: rust-version = {rust:?}, but PyO3 {PYO3} needs {major}.{minor}"));
            }
        }
        found.by_hand = by_hand;
        Ok(found)
    }

    fn manifest(&self, wanted: &Wanted<'_>) -> Result<String> {
        let mut document = self.document.clone();
        let mut more = DocumentMut::new();
        let taken = |what: &str| {
            Error::new(ErrorKind::Project, format!("{what} exists already with different contents"))
                .at(self.root.join("Cargo.toml").display())
                .next("rename it, or write the binding by hand: https://pyo3.rs")
        };
        let library = table(&mut document, &mut more, "lib");
        let library = library.as_table_like_mut().ok_or_else(|| taken("lib"))?;
        let key = if library.contains_key("crate_type") { "crate_type" } else { "crate-type" };
        let kinds = library.entry(key).or_insert_with(|| Item::Value(Array::new().into()));
        let kinds = kinds.as_array_mut().ok_or_else(|| taken("[lib] crate-type"))?;
        let has = |kinds: &Array, wanted: &[&str]| {
            kinds.iter().any(|kind| kind.as_str().is_some_and(|kind| wanted.contains(&kind)))
        };
        if !has(kinds, &["cdylib"]) {
            kinds.push("cdylib");
        }
        if !has(kinds, &["rlib", "lib"]) {
            kinds.push("rlib");
        }
        let features = table(&mut document, &mut more, "features");
        let features = features.as_table_like_mut().ok_or_else(|| taken("features"))?;
        let floor = format!("pyo3/abi3-py{}", dotted(wanted.floor).replace('.', ""));
        for (name, list) in [("python", vec!["dep:pyo3".to_owned()]), ("abi3", vec!["python".to_owned(), floor])] {
            if features.contains_key(name) {
                return Err(taken(&format!("the feature {name}")));
            }
            features.insert(name, Item::Value(Array::from_iter(list).into()));
        }
        let dependencies = table(&mut document, &mut more, "dependencies");
        let dependencies = dependencies.as_table_like_mut().ok_or_else(|| taken("dependencies"))?;
        let mut pyo3 = InlineTable::new();
        pyo3.insert("version", PYO3.into());
        pyo3.insert("optional", true.into());
        dependencies.insert("pyo3", Item::Value(pyo3.into()));
        appended(&document, &more).map_err(|error| error.at(self.root.join("Cargo.toml").display()))
    }

    /// The pyproject.toml, and what is left to do by hand.
    fn pyproject(&self, wanted: &Wanted<'_>) -> Result<(String, Vec<String>)> {
        let mut new = wanted.pyproject()?;
        let mut by_hand = Vec::new();
        if let Some(project) = new.get_mut("project").and_then(Item::as_table_mut) {
            if let Some(description) = self.package("description") {
                project.insert("description", toml_edit::value(description.trim()));
            }
            let readme =
                ["README.md", "README.rst", "README.txt"].into_iter().find(|name| self.root.join(name).is_file());
            match readme {
                Some(readme) => drop(project.insert("readme", toml_edit::value(readme))),
                None => drop(project.remove("readme")),
            }
            let files = licences(&self.root)?;
            if files.is_empty() {
                project.remove("license-files");
                by_hand.push("no LICENSE file found: a wheel should contain one".to_owned());
            } else {
                project.insert("license-files", toml_edit::value(Array::from_iter(files)));
            }
            match self.package("license") {
                // Cargo once took `MIT/Apache-2.0`.
                Some(license) if !license.contains('/') => {
                    project.insert("license", toml_edit::value(license));
                }
                _ => {
                    project.remove("license");
                    by_hand.push(
                        "pyproject.toml: set [project] license = \"…\", an SPDX expression such as MIT OR Apache-2.0"
                            .to_owned(),
                    );
                }
            }
        }
        // The default features of a crate that others use are not changed.
        if let Some(maturin) = new.get_mut("tool").and_then(|tool| tool.get_mut("maturin")).and_then(Item::as_table_mut)
        {
            maturin.insert("features", toml_edit::value(Array::from_iter(["abi3"])));
        }
        Ok((merged(&self.root.join("pyproject.toml"), &new)?, by_hand))
    }
}

/// A table of a manifest; a new one if it has none.
fn table<'a>(document: &'a mut DocumentMut, more: &'a mut DocumentMut, key: &str) -> &'a mut Item {
    let document = if document.contains_key(key) { document } else { more };
    document.entry(key).or_insert_with(|| Item::Table(Table::new()))
}

/// The license files of a crate.
fn licences(root: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs_err::read_dir(root)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let is_licence = ["LICENSE", "LICENCE", "COPYING"].iter().any(|word| name.to_uppercase().starts_with(word));
        if is_licence && root.join(&name).is_file() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
