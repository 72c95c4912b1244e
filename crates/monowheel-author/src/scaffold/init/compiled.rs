//! What another build backend compiles or runs, and maturin would leave out.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::names::normalized_name;
use monowheel_wheel::requirement::Requirement;
use toml_edit::{DocumentMut, Item, TableLike};

use crate::scaffold::file::text;

/// Backends that compile, by the first part of their names.
const BACKENDS: [&str; 6] = ["cmake", "mesonpy", "py_build_cmake", "scikit_build_core", "sipbuild", "skbuild"];
/// Build requirements that compile Python, or bind C and C++.
const COMPILERS: [&str; 10] = [
    "cffi",
    "cython",
    "hatch-cython",
    "hatch-mypyc",
    "mypy",
    "nanobind",
    "pybind11",
    "scikit-build",
    "setuptools-golang",
    "swig",
];
/// What a setup.py that compiles contains.
const CALLS: [&str; 4] = ["ext_modules", "cffi_modules", "cythonize(", "mypycify("];
/// Hooks of hatchling that only write a version.
const HARMLESS: [&str; 2] = ["vcs", "version"];

/// # Errors
/// [`ErrorKind::Project`] when the old backend compiles extension modules, or runs code of the project.
pub(super) fn check(root: &Path, document: Option<&DocumentMut>, backend: &str) -> Result<()> {
    let setup = text(&root.join("setup.py"))?.unwrap_or_default();
    let Some(what) = found(document, backend, &setup) else { return Ok(()) };
    Err(Error::new(ErrorKind::Project, format!("{what}, which maturin would leave out"))
        .at(root.display())
        .next("keep this backend, and put the Rust extension into a separate project: monowheel new NAME"))
}

fn found(document: Option<&DocumentMut>, backend: &str, setup: &str) -> Option<String> {
    let compiles = |what: String| Some(format!("{what} compiles extension modules"));
    if BACKENDS.contains(&backend.split('.').next().unwrap_or_default()) {
        return compiles(backend.to_owned());
    }
    if CALLS.iter().any(|word| setup.contains(word)) {
        return compiles("setup.py".to_owned());
    }
    let table = |path: &[&str]| -> Option<&Item> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(document?.get(first)?, |item, key| item.get(key))
    };
    if table(&["tool", "setuptools", "ext-modules"]).is_some() {
        return compiles("[tool.setuptools] ext-modules".to_owned());
    }
    let requires = table(&["build-system", "requires"]).and_then(Item::as_array).into_iter().flatten();
    let mut names = requires.filter_map(|each| Some(normalized_name(Requirement::parse(each.as_str()?).ok()?.name)));
    if let Some(name) = names.find(|name| COMPILERS.contains(&name.as_str())) {
        return compiles(format!("{name}, which [build-system] requires,"));
    }
    let keys = |path: &[&str]| table(path).and_then(Item::as_table_like).map(TableLike::iter).into_iter().flatten();
    let hook = keys(&["tool", "hatch", "build", "hooks"])
        .map(|(name, _)| format!("hatch.build.hooks.{name}"))
        .find(|hook| !HARMLESS.iter().any(|name| hook.ends_with(&format!(".{name}"))));
    let others = [["tool", "poetry", "build"], ["tool", "pdm", "build"]].into_iter().find_map(|path| {
        let runs = |item: &Item| {
            item.is_str() || ["script", "run-setuptools", "custom-hook"].iter().any(|key| item.get(key).is_some())
        };
        table(&path).filter(|item| runs(item)).map(|_| path[1..].join("."))
    });
    hook.or(others).map(|name| format!("[tool.{name}] runs code of the project at build time"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(backend: &str, pyproject: &str, setup: &str) -> String {
        let document: DocumentMut = pyproject.parse().unwrap();
        found(Some(&document), backend, setup).unwrap_or_default()
    }

    #[test]
    fn what_is_compiled_or_run_is_named() {
        for (backend, pyproject, setup, expected) in [
            ("mesonpy", "", "", "mesonpy compiles"),
            ("setuptools.build_meta", "", "setup(ext_modules=[Extension('a', ['a.c'])])", "setup.py compiles"),
            ("setuptools.build_meta", "", "setup(**mypycify(['a.py']))", "setup.py compiles"),
            ("setuptools.build_meta", "[[tool.setuptools.ext-modules]]\nname = \"a\"", "", "ext-modules compiles"),
            (
                "setuptools.build_meta",
                "[build-system]\nrequires = [\"setuptools\", \"Cython>=3\"]",
                "",
                "cython, which",
            ),
            ("hatchling.build", "[tool.hatch.build.hooks.custom]\npath = \"x.py\"", "", "hooks.custom] runs code"),
            (
                "poetry.core.masonry.api",
                "[tool.poetry.build]\nscript = \"build.py\"",
                "",
                "[tool.poetry.build] runs code",
            ),
            ("poetry.core.masonry.api", "[tool.poetry]\nbuild = \"build.py\"", "", "[tool.poetry.build] runs code"),
            ("pdm.backend", "[tool.pdm.build]\nrun-setuptools = true", "", "[tool.pdm.build] runs code"),
        ] {
            let said = said(backend, pyproject, setup);
            assert!(said.contains(expected), "{backend} {pyproject} {setup}: {said:?}");
        }
    }

    #[test]
    fn what_only_packs_is_not() {
        for (backend, pyproject, setup) in [
            ("setuptools.build_meta", "[build-system]\nrequires = [\"setuptools>=61\", \"wheel\"]", "setup()"),
            ("hatchling.build", "[tool.hatch.build.hooks.vcs]\nversion-file = \"a.py\"", ""),
            ("pdm.backend", "[tool.pdm.build]\nincludes = [\"a\"]", ""),
            ("flit_core.buildapi", "[build-system]\nrequires = [\"flit_core >=3.2\"]", ""),
        ] {
            assert_eq!(said(backend, pyproject, setup), "", "{backend} {pyproject}");
        }
    }
}
