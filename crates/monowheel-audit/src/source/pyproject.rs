//! The Python side of a project: pyproject.toml of any backend, and the files of the package.

use monowheel_system::regular_file;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use monowheel_manifest::pyproject::MaturinTable;
use monowheel_manifest::setuptools_rust::RustExtension;
use monowheel_wheel::names::normalized_name;
use monowheel_wheel::requirement::Requirement;
use toml::Table;

use crate::source::{python_calls, stub_text};

/// The build backend.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Backend {
    /// maturin.
    Maturin,
    /// Another, by its name in pyproject.toml.
    Other(String),
    /// Not stated.
    #[default]
    Unknown,
}

/// The Python package.
#[derive(Clone, Debug, Default)]
pub struct Package {
    /// The file that defines it, as shown.
    pub(crate) path: String,
    /// The build backend.
    pub(crate) backend: Backend,
    /// `requires-python`.
    pub(crate) requires_python: Option<String>,
    /// The normalized names of what `[project]` requires, always or optionally; none if that is not known.
    pub(crate) requires: Option<BTreeSet<String>>,
    /// `module-name` of `[tool.maturin]`, or the target of setuptools-rust's only extension.
    pub(crate) module_name: Option<String>,
    /// `[tool.maturin]`.
    pub(crate) maturin: MaturinTable,
    /// Keys of that table with `_`, which maturin ignores.
    pub(crate) ignored_keys: Vec<String>,
    /// Whether the package has Python files of its own.
    pub(crate) has_python: bool,
    /// Whether there are stubs.
    pub(crate) has_stubs: bool,
    /// Whether `py.typed` is there.
    pub(crate) is_typed: bool,
    /// The import names of the package's own modules and directories.
    pub(crate) importable: BTreeSet<String>,
    /// Directories with stubs but without `__init__.pyi` or `__init__.py`.
    pub(crate) stubs_without_init: BTreeSet<String>,
    /// The contents of the package's `__init__.py`.
    pub(crate) init: Option<String>,
    /// The Python files of the package, up to [`MOST_TEXT`]: their names and their contents.
    pub(crate) files: Vec<(String, String)>,
    /// Its stubs, up to the same limit.
    pub(crate) stubs: Vec<String>,
}

/// `[tool.maturin]` of the pyproject.toml in a directory; none if there is no such file. What setuptools-rust builds is
/// as if maturin built it.
pub(super) fn maturin_table(root: &Path) -> Option<MaturinTable> {
    let text = regular_file::read_text(&root.join("pyproject.toml")).ok()?;
    Some(maturin_of(&toml::from_str(&text).ok()?, root))
}

/// The names of the dependencies and optional dependencies of `[project]`; none if something else decides about them.
fn requires(project: &Table) -> Option<BTreeSet<String>> {
    let texts = |value: &toml::Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    let dynamic = project.get("dynamic").map(texts).unwrap_or_default();
    if dynamic.iter().any(|key| matches!(key.as_str(), "dependencies" | "optional-dependencies")) {
        return None;
    }
    let optional = project.get("optional-dependencies").and_then(toml::Value::as_table);
    let lists = optional.into_iter().flat_map(Table::values).chain(project.get("dependencies"));
    let name = |text: String| Requirement::parse(&text).ok().map(|requirement| normalized_name(requirement.name));
    Some(lists.flat_map(texts).filter_map(name).collect())
}

fn maturin_of(pyproject: &Table, root: &Path) -> MaturinTable {
    let maturin =
        pyproject.get("tool").and_then(|tool| tool.get("maturin")).and_then(|table| table.clone().try_into().ok());
    let mut maturin: MaturinTable = maturin.unwrap_or_default();
    let setup = regular_file::read_text(&root.join("setup.py")).ok();
    let mut extensions = RustExtension::all(pyproject, setup.as_deref());
    let extension = extensions.pop().filter(|_| extensions.is_empty()).unwrap_or_default();
    maturin.module_name = maturin.module_name.or(extension.target);
    maturin.manifest_path = maturin.manifest_path.or(extension.manifest.map(PathBuf::from));
    maturin
}

/// The maximum number of entries searched in a directory.
const MOST_ENTRIES: usize = 20_000;

/// The most bytes of the package's Python files that are read.
const MOST_TEXT: usize = 8 * 1024 * 1024;

impl Package {
    /// Reads the pyproject.toml of a directory; none if it does not exist or is not TOML.
    pub(super) fn of(root: &Path, shown: String) -> Option<Self> {
        let text = regular_file::read_text(&root.join("pyproject.toml")).ok()?;
        let table: Table = toml::from_str(&text).ok()?;
        let at = |path: &[&str]| {
            let (last, before) = path.split_last()?;
            before.iter().try_fold(&table, |table, key| table.get(*key)?.as_table())?.get(*last)
        };
        let text = |path: &[&str]| at(path).and_then(toml::Value::as_str).map(str::to_owned);
        let maturin = maturin_of(&table, root);
        let keys = at(&["tool", "maturin"]).and_then(toml::Value::as_table).map(|table| table.keys().cloned());
        let backend = match text(&["build-system", "build-backend"]) {
            Some(name) if name == "maturin" => Backend::Maturin,
            Some(name) => Backend::Other(name),
            None => Backend::Unknown,
        };
        let mut found = Self {
            path: shown,
            backend,
            requires_python: text(&["project", "requires-python"]),
            requires: at(&["project"]).and_then(toml::Value::as_table).and_then(requires),
            module_name: maturin.module_name.clone(),
            maturin,
            ignored_keys: keys.into_iter().flatten().filter(|key| key.contains('_')).collect(),
            ..Self::default()
        };
        found.look(root, text(&["project", "name"]));
        Some(found)
    }

    /// Looks for stubs where maturin does: in the package's directory, and for `NAME.pyi` next to the manifest.
    fn look(&mut self, root: &Path, name: Option<String>) {
        let sources = root.join(self.maturin.python_source.as_deref().unwrap_or(Path::new("")));
        let of_module = self.module_name.as_deref().and_then(|name| name.split('.').next()).map(str::to_owned);
        let package = of_module.or(name.map(|name| name.replace('-', "_")));
        if let Some(package) = package {
            self.walk(&sources, sources.join(&package));
            self.init = regular_file::read_text(&sources.join(&package).join("__init__.py")).ok();
            // Searched by setuptools, not by maturin.
            if self.backend != Backend::Maturin {
                self.walk(&root.join("src"), root.join("src").join(&package));
            }
            let single = root.join(format!("{package}.pyi"));
            if single.is_file() {
                self.has_stubs = true;
                self.read(&single);
            }
        }
        self.is_typed |= root.join("py.typed").is_file();
    }

    /// Whether the package's own code calls a function or class of the extension, and passes at least this number of
    /// arguments each time.
    pub(crate) fn always_passes(&self, name: &str, arguments: usize) -> bool {
        let mut calls = self.files.iter().flat_map(|(_, text)| python_calls::of(text, name)).peekable();
        calls.peek().is_some() && calls.all(|passed| passed >= arguments)
    }

    /// Whether an `__init__.py` of the package mentions a name, or imports everything from the extension.
    pub(crate) fn exports(&self, name: &str) -> bool {
        let module = self.module_name.as_deref().and_then(|name| name.rsplit('.').next()).unwrap_or_default();
        let star = format!("{module} import *");
        let mut inits = self.files.iter().filter(|(file, _)| file == "__init__.py");
        inits.any(|(_, text)| text.contains(name) || text.contains(&star))
    }

    /// Whether the stubs show that a parameter is meant to be required: those of every function of this name that has it.
    pub(crate) fn requires_in_stubs(&self, function: &str, param: &str) -> bool {
        let mut stated = self.stubs.iter().flat_map(|text| stub_text::has_default(text, function, param)).peekable();
        stated.peek().is_some() && stated.all(|has_default| !has_default)
    }

    /// Whether the stubs have a class, but no constructor for it: only the extension makes its objects, or pickle does.
    pub(crate) fn hides_constructor(&self, class: &str) -> bool {
        let mut stated = self.stubs.iter().filter_map(|text| stub_text::has_constructor(text, class)).peekable();
        stated.peek().is_some() && stated.all(|has_constructor| !has_constructor)
    }

    fn read(&mut self, path: &Path) {
        let files = self.files.iter().map(|(_, text)| text.len());
        let before: usize = files.chain(self.stubs.iter().map(String::len)).sum();
        let Some(text) = regular_file::read_text(path).ok().filter(|_| before < MOST_TEXT) else { return };
        if path.extension().is_some_and(|end| end == "pyi") {
            self.stubs.push(text);
        } else {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            self.files.push((name, text));
        }
    }

    fn walk(&mut self, base: &Path, folder: PathBuf) {
        let mut left = MOST_ENTRIES;
        if folder.is_dir() {
            self.importable.extend(dotted_name(&folder, base));
        }
        let mut waiting = vec![folder];
        while let Some(folder) = waiting.pop() {
            let Ok(entries) = fs_err::read_dir(&folder) else { continue };
            for entry in entries.flatten().take(left) {
                left -= 1;
                let path = entry.path();
                // A link to a directory is not followed: it may lead back.
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                if is_folder {
                    self.importable.extend(dotted_name(&path, base));
                    waiting.push(path);
                    continue;
                }
                if path.extension().is_some_and(|end| end == "py") {
                    self.importable.extend(dotted_name(&path.with_extension(""), base));
                }
                if path.extension().is_some_and(|end| end == "py") {
                    self.has_python = true;
                    self.read(&path);
                }
                if path.extension().is_some_and(|end| end == "pyi") && !has_init(&folder) {
                    self.stubs_without_init.extend(dotted_name(&folder, base));
                }
                if path.extension().is_some_and(|end| end == "pyi") {
                    self.has_stubs = true;
                    self.read(&path);
                }
                self.is_typed |= path.file_name().is_some_and(|name| name == "py.typed");
            }
        }
    }
}

/// Whether a directory is a package for type checkers.
fn has_init(folder: &Path) -> bool {
    ["__init__.pyi", "__init__.py"].iter().any(|name| folder.join(name).is_file())
}

/// `a.b` of `base/a/b`.
fn dotted_name(path: &Path, base: &Path) -> Option<String> {
    let parts = path.strip_prefix(base).ok()?.components();
    let names: Option<Vec<&str>> = parts.map(|part| part.as_os_str().to_str()).collect();
    Some(names?.join("."))
}
