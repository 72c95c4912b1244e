//! The extension module that setuptools-rust builds, from `[[tool.setuptools-rust.ext-modules]]` or from setup.py, and
//! the same settings for maturin.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use toml_edit::{Array, DocumentMut, Item, Table, TableLike};

use crate::scaffold::file::text;

/// The settings that mean the same in `[tool.maturin]`, or nothing; the others are reported.
const KNOWN: [&str; 6] = ["target", "path", "binding", "features", "py-limited-api", "strip"];

/// An extension module of setuptools-rust.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Extension {
    /// Its full name.
    pub(super) module: Option<String>,
    /// The path of its Cargo.toml, if it is not the project's own.
    pub(super) manifest: Option<String>,
    features: Vec<String>,
    /// Settings that maturin has differently.
    others: Vec<String>,
}

impl Extension {
    /// The extension module of a project; none if setuptools-rust does not build one.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when there are several, or when it has no PyO3.
    pub(super) fn read(root: &Path, pyproject: Option<&DocumentMut>) -> Result<Option<Self>> {
        let tables = pyproject.and_then(|document| document.get("tool")?.get("setuptools-rust")?.get("ext-modules"));
        let tables: Vec<&dyn TableLike> = match tables {
            Some(Item::ArrayOfTables(tables)) => tables.iter().map(|table| table as &dyn TableLike).collect(),
            Some(item) => {
                let inline = item.as_array().into_iter().flatten();
                inline.filter_map(toml_edit::Value::as_inline_table).map(|table| table as &dyn TableLike).collect()
            }
            None => return Ok(text(&root.join("setup.py"))?.as_deref().and_then(Self::of_setup)),
        };
        let place = root.join("pyproject.toml");
        let wrong = |what: String, next: &str| Err(Error::new(ErrorKind::Project, what).at(place.display()).next(next));
        let [table] = tables[..] else {
            return wrong(
                format!(
                    "setuptools-rust builds {} extension modules, but maturin builds one per project",
                    tables.len()
                ),
                "make them submodules of one crate, or separate projects, each with its own pyproject.toml",
            );
        };
        let string = |key: &str| table.get(key).and_then(Item::as_str).map(str::to_owned);
        if let Some(binding) = string("binding").filter(|binding| binding != "PyO3") {
            return wrong(
                format!("monowheel builds PyO3 extension modules only: binding of setuptools-rust is {binding:?}"),
                "port the crate to PyO3, or keep setuptools-rust",
            );
        }
        let features = table.get("features").and_then(Item::as_array).into_iter().flatten();
        Ok(Some(Self {
            module: string("target"),
            manifest: string("path").map(|path| path.replace('\\', "/")).filter(|path| path != "Cargo.toml"),
            features: features.filter_map(toml_edit::Value::as_str).map(str::to_owned).collect(),
            others: table.iter().map(|(key, _)| key.to_owned()).filter(|key| !KNOWN.contains(&key.as_str())).collect(),
        }))
    }

    /// The name in the first `RustExtension("package.module", …)` of a setup.py, which is not run.
    fn of_setup(setup: &str) -> Option<Self> {
        let (_, arguments) = setup.split_once("RustExtension(")?;
        let arguments = arguments.trim_start();
        let arguments = arguments.strip_prefix("target").map_or(arguments, |rest| rest.trim_start_matches([' ', '=']));
        let quote = arguments.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
        let module = arguments[1..].split(quote).next()?;
        Some(Self { module: Some(module.to_owned()), others: vec!["setup.py".to_owned()], ..Self::default() })
    }

    /// The same in `[tool.maturin]`; `source` is the directory of the Python package, if it has its own.
    pub(super) fn maturin(&self, source: Option<&str>) -> Table {
        let mut maturin = Table::new();
        if let Some(manifest) = &self.manifest {
            maturin.insert("manifest-path", toml_edit::value(manifest));
        }
        if let Some(source) = source {
            maturin.insert("python-source", toml_edit::value(source));
        }
        if let Some(module) = &self.module {
            maturin.insert("module-name", toml_edit::value(module));
        }
        if !self.features.is_empty() {
            maturin.insert("features", toml_edit::value(Array::from_iter(&self.features)));
        }
        maturin
    }

    /// What has to be moved by hand.
    pub(super) fn by_hand(&self) -> Option<String> {
        (!self.others.is_empty()).then(|| {
            format!("setuptools-rust's {} is no longer read: see the keys of [tool.maturin]", self.others.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pyproject: &str, setup: &str) -> std::result::Result<Option<Extension>, String> {
        let dir = tempfile::tempdir().unwrap();
        fs_err::write(dir.path().join("setup.py"), setup).unwrap();
        let document = crate::scaffold::render::document(pyproject).unwrap();
        Extension::read(dir.path(), Some(&document)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_settings_become_those_of_maturin() {
        let table = "[[tool.setuptools-rust.ext-modules]]\ntarget = \"a._b\"\npath = \"rust/Cargo.toml\"\nfeatures = [\"fast\"]\nargs = [\"-q\"]\n";
        let found = read(table, "").unwrap().unwrap();
        assert_eq!(
            found.maturin(Some("src")).to_string(),
            "manifest-path = \"rust/Cargo.toml\"\npython-source = \"src\"\nmodule-name = \"a._b\"\nfeatures = [\"fast\"]\n"
        );
        assert!(found.by_hand().is_some_and(|line| line.contains("args")));
        let inline = "[tool.setuptools-rust]\next-modules = [{ target = \"a._b\", path = \"Cargo.toml\", binding = \"PyO3\" }]\n";
        let found = read(inline, "").unwrap().unwrap();
        assert_eq!((found.module.as_deref(), &found.manifest, found.by_hand()), (Some("a._b"), &None, None));
        assert_eq!(read("", ""), Ok(None));
    }

    #[test]
    fn the_module_is_read_from_a_setup_py_without_running_it() {
        for call in
            ["RustExtension(\"a._b\")", "RustExtension(\n    'a._b', path='x')", "RustExtension(target = 'a._b')"]
        {
            let found =
                read("", &format!("from setuptools_rust import RustExtension\nsetup(rust_extensions=[{call}])\n"));
            assert_eq!(found.unwrap().and_then(|found| found.module).as_deref(), Some("a._b"), "{call}");
        }
        assert_eq!(read("", "RustExtension(name)"), Ok(None));
    }

    #[test]
    fn several_modules_and_other_bindings_are_refused() {
        let one = "[[tool.setuptools-rust.ext-modules]]\ntarget = \"a._b\"\n";
        let two = read(&format!("{one}{one}"), "").unwrap_err();
        assert!(two.contains("builds 2 extension modules"), "{two}");
        let other = read(&format!("{one}binding = \"RustCPython\"\n"), "").unwrap_err();
        assert!(other.contains("binding of setuptools-rust is \"RustCPython\""), "{other}");
    }
}
