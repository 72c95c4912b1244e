//! The rule `common-toplevel-name`.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

/// Names that are in the root of most repositories, and are nobody's to install.
const COMMON: [&str; 14] = [
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
];

rule! {
    /// The wheel installs a folder or module whose name every other project may have as well.
    ///
    /// # What it does
    /// Looks for `tests`, `docs`, `examples`, `src`, `setup.py`, a license text and the like at the top of the wheel.
    ///
    /// # Why it matters
    /// They land directly in site-packages. Two such wheels overwrite each other's files, and uninstalling one removes
    /// those of the other.
    ///
    /// # Example
    /// `tests/__init__.py` beside `demo/`.
    ///
    /// # Fix
    /// Exclude them from the wheel (`[tool.maturin] exclude`, `packages.find` of setuptools).
    pub(super) static RULE: "common-toplevel-name", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    // A project may of course be called like that.
    let own = wheel.name.as_ref().map(|name| name.name.to_lowercase()).unwrap_or_default();
    let names: BTreeSet<&str> = wheel
        .members
        .iter()
        .filter_map(|member| match member.path.split_once('/') {
            Some((top, _)) => (COMMON.contains(&top) && own != top).then_some(top),
            None => is_stray(&member.path).then_some(member.path.as_str()),
        })
        .collect();
    if !names.is_empty() {
        let names: Vec<&str> = names.into_iter().collect();
        found.add(
            Finding::new(
                Severity::Warning,
                Place::file(),
                format!("lands directly in site-packages, where others may have it too: {}", some_of(&names)),
            )
            .details(names)
            .fix("Exclude them from the wheel."),
        );
    }
}

/// A file at the top that belongs to a repository and not to site-packages.
fn is_stray(file: &str) -> bool {
    let upper = file.to_ascii_uppercase();
    ["setup.py", "setup.cfg", "conftest.py", "noxfile.py", "pyproject.toml", "Cargo.toml", "tox.ini"].contains(&file)
        || ["LICENSE", "LICENCE", "README", "CHANGELOG", "COPYING", "NOTICE"].iter().any(|word| {
            upper.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
        }) && !upper.ends_with(".PY")
}
