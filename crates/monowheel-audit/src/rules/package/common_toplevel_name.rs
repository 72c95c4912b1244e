//! The rule `common-toplevel-name`.

use std::collections::BTreeSet;

use crate::facts::{Facts, site_path};
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

/// Names that are in the root of most repositories and do not belong in site-packages.
const COMMON: [&str; 42] = [
    "common",
    "core",
    "util",
    "integration_tests",
    "test_data",
    "testdata",
    "tmp",
    "temp",
    "test",
    "tests",
    "testing",
    "doc",
    "docs",
    "example",
    "examples",
    "benchmark",
    "benchmarks",
    "script",
    "scripts",
    "tools",
    "src",
    "dist",
    "build",
    "ci",
    "venv",
    "env",
    "node_modules",
    "notebook",
    "notebooks",
    "sample",
    "samples",
    "utils",
    "helpers",
    "data",
    "config",
    "assets",
    "resources",
    "templates",
    "lib",
    "bin",
    "include",
    "share",
];

rule! {
    /// The wheel installs a top-level directory or module with a name that other projects use too.
    ///
    /// # What it does
    /// Looks for directories and modules called `tests`, `docs`, `examples`, `src`, `build`, `utils`, `core`, `data`,
    /// for `setup.py`, `__init__.py`, `main.py`, `version.py`, `py.typed` (which only has a meaning in a package), a
    /// license text, other text and configuration files (`*.md`, `*.txt`, `*.toml`, …), scripts and the like at the top
    /// of the wheel, and of `.data/purelib`, `.data/platlib` and `.data/data` (which is the environment's directory).
    /// Files whose names contain the project's name are ignored.
    ///
    /// # Why it matters
    /// They are installed directly into site-packages. Two such wheels overwrite each other's files, and uninstalling
    /// one removes those of the other.
    ///
    /// # Example
    /// `tests/__init__.py` next to `demo/`.
    ///
    /// # Fix
    /// Exclude them from the wheel (`[tool.maturin] exclude`, `packages.find` in setuptools).
    pub(super) static RULE: "common-toplevel-name", Package, Warning, One(check);
}

/// Whether a top-level name belongs to a repository and not to a distribution.
pub(super) fn is_common(name: &str) -> bool {
    COMMON.contains(&name)
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    // A project may itself have such a name.
    let own = wheel.name.as_ref().map(|name| name.name.to_lowercase()).unwrap_or_default();
    let names: BTreeSet<&str> = wheel
        .members
        .iter()
        .filter_map(|member| top_path(&member.path))
        .filter_map(|path| match path.split_once('/') {
            Some((top, _)) => ((is_common(top) && own != top) || HIDDEN.contains(&top)).then_some(top),
            None => is_stray(path, &own).then_some(path),
        })
        .collect();
    if !names.is_empty() {
        let names: Vec<&str> = names.into_iter().collect();
        found.add(
            Finding::new(
                Severity::Warning,
                Place::file(),
                format!(
                    "installed at the top of site-packages or of the environment, where other projects may use the same name: {}",
                    some_of(&names)
                ),
            )
            .details(names)
            .fix("exclude them from the wheel"),
        );
    }
}

/// Hidden directories of a repository.
const HIDDEN: [&str; 4] = [".github", ".gitlab", ".circleci", ".devcontainer"];

/// Modules, beside those that a directory may be too.
const MODULES: [&str; 9] = ["__main__", "__version__", "_version", "app", "cli", "main", "run", "tasks", "version"];

/// Extensions of text and configuration files, which are not modules.
const TEXTS: [&str; 20] = [
    "md", "rst", "txt", "toml", "cfg", "ini", "yaml", "yml", "json", "lock", "in", "sh", "bat", "ps1", "html", "css",
    "js", "log", "csv", "ipynb",
];

/// A path in site-packages, or in the directory of the environment itself.
fn top_path(path: &str) -> Option<&str> {
    let of_environment = || path.split_once('/').filter(|(top, _)| top.ends_with(".data"))?.1.strip_prefix("data/");
    site_path(path).or_else(|| of_environment().filter(|rest| !is_of_environment(rest)))
}

/// Whether a path is in a directory that an environment has anyway.
fn is_of_environment(path: &str) -> bool {
    let top = path.split('/').next().unwrap_or_default();
    ["bin", "include", "lib", "share", "etc", "Scripts", "Lib", "Library"].contains(&top)
}

/// A file at the top that belongs to a repository and not to site-packages.
fn is_stray(file: &str, own: &str) -> bool {
    let upper = file.to_ascii_uppercase();
    let plain = |text: &str| text.to_ascii_lowercase().replace(['-', '_', '.'], "");
    let is_module = |stem: &str| {
        let is_named = MODULES.contains(&stem) || is_common(stem) || stem.starts_with("test_");
        is_named && plain(stem) != plain(own) && !own.is_empty()
    };
    let is_hidden = file.starts_with('.') && file != ".DS_Store" && !file.starts_with("._");
    if file == "py.typed" || is_hidden || file.strip_suffix(".py").is_some_and(is_module) {
        return true;
    }
    if [
        "__init__.py",
        "setup.py",
        "conftest.py",
        "noxfile.py",
        "fabfile.py",
        "Makefile",
        "Dockerfile",
        "Pipfile",
        "Jenkinsfile",
        "justfile",
    ]
    .contains(&file)
        || ["LICENSE", "LICENCE", "README", "CHANGELOG", "COPYING", "NOTICE", "AUTHORS"].iter().any(|word| {
            upper.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
        }) && !upper.ends_with(".PY")
    {
        return true;
    }
    let is_text = file.rsplit_once('.').is_some_and(|(_, end)| TEXTS.contains(&end.to_ascii_lowercase().as_str()));
    is_text && (own.is_empty() || !plain(file).contains(&plain(own)))
}
