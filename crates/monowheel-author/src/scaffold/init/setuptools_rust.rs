//! The settings of setuptools-rust, as those of maturin.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::setuptools_rust::RustExtension;
use toml_edit::{Array, Table};

use crate::scaffold::file::text;

/// The extension module of a project; none if setuptools-rust does not build one.
///
/// # Errors
/// [`ErrorKind::Project`] when there are several, or when it has no PyO3.
pub(super) fn extension(root: &Path, pyproject: Option<&str>) -> Result<Option<RustExtension>> {
    let table = pyproject.and_then(|text| toml::from_str(text).ok()).unwrap_or_default();
    let setup = text(&root.join("setup.py"))?;
    let mut extensions = RustExtension::all(&table, setup.as_deref());
    let wrong = |what: String, next: &str| Err(Error::new(ErrorKind::Project, what).at(root.display()).next(next));
    if extensions.len() > 1 {
        return wrong(
            format!(
                "setuptools-rust builds {} extension modules, but maturin builds one per project",
                extensions.len()
            ),
            "make them submodules of one crate, or separate projects, each with its own pyproject.toml",
        );
    }
    let Some(extension) = extensions.pop() else { return Ok(None) };
    match &extension.binding {
        Some(binding) if binding != "PyO3" => wrong(
            format!("monowheel builds PyO3 extension modules only: binding of setuptools-rust is {binding:?}"),
            "port the crate to PyO3, or keep setuptools-rust",
        ),
        _ => Ok(Some(extension)),
    }
}

/// The same in `[tool.maturin]`; `source` is the directory of the Python package, if it has its own.
pub(super) fn maturin(extension: &RustExtension, source: Option<&str>) -> Table {
    let mut maturin = Table::new();
    if let Some(manifest) = &extension.manifest {
        maturin.insert("manifest-path", toml_edit::value(manifest));
    }
    if let Some(source) = source {
        maturin.insert("python-source", toml_edit::value(source));
    }
    if let Some(module) = &extension.target {
        maturin.insert("module-name", toml_edit::value(module));
    }
    if !extension.features.is_empty() {
        maturin.insert("features", toml_edit::value(Array::from_iter(&extension.features)));
    }
    maturin
}

/// What has to be moved by hand.
pub(super) fn by_hand(extension: &RustExtension) -> Option<String> {
    (!extension.others.is_empty()).then(|| {
        format!("setuptools-rust's {} is no longer read: see the keys of [tool.maturin]", extension.others.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pyproject: &str, setup: &str) -> std::result::Result<Option<RustExtension>, String> {
        let dir = tempfile::tempdir().unwrap();
        fs_err::write(dir.path().join("setup.py"), setup).unwrap();
        extension(dir.path(), Some(pyproject)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_settings_become_those_of_maturin() {
        let table = "[[tool.setuptools-rust.ext-modules]]\ntarget = \"a._b\"\npath = \"rust/Cargo.toml\"\nfeatures = [\"fast\"]\nargs = [\"-q\"]\n";
        let found = read(table, "").unwrap().unwrap();
        assert_eq!(
            maturin(&found, Some("src")).to_string(),
            "manifest-path = \"rust/Cargo.toml\"\npython-source = \"src\"\nmodule-name = \"a._b\"\nfeatures = [\"fast\"]\n"
        );
        assert!(by_hand(&found).is_some_and(|line| line.contains("args")));
        assert_eq!(read("", ""), Ok(None));
    }

    #[test]
    fn several_modules_and_other_bindings_are_refused() {
        let one = "[[tool.setuptools-rust.ext-modules]]\ntarget = \"a._b\"\n";
        let two = read(&format!("{one}{one}"), "").unwrap_err();
        assert!(two.contains("builds 2 extension modules"), "{two}");
        let calls = read("", "RustExtension('a')\nRustExtension('b')\n").unwrap_err();
        assert!(calls.contains("builds 2 extension modules"), "{calls}");
        let other = read(&format!("{one}binding = \"RustCPython\"\n"), "").unwrap_err();
        assert!(other.contains("binding of setuptools-rust is \"RustCPython\""), "{other}");
    }
}
