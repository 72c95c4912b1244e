use std::collections::BTreeMap;

use crate::facts::{Facts, site_path};
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A package has type stubs but no `py.typed`.
    ///
    /// # What it does
    /// Looks for `.pyi` files in top-level packages without a `py.typed`. Stub-only packages (`NAME-stubs`) and
    /// namespaces without an `__init__` are ignored. It is a note if the stubs are those of inner modules only.
    ///
    /// # Why it matters
    /// mypy ignores the types of an installed package without that marker (PEP 561): *module is installed, but missing
    /// library stubs or py.typed marker*. The stubs have no effect.
    ///
    /// # Example
    /// `demo/__init__.pyi` and `demo/_demo.pyi` without `demo/py.typed`.
    ///
    /// # Fix
    /// Add an empty file `py.typed` to the package.
    pub(super) static RULE: "stubs-without-py-typed", Package, Warning, One(check);
}

#[derive(Default)]
struct Package<'a> {
    stubs: Vec<&'a str>,
    is_marked: bool,
    is_regular: bool,
    /// It has `__init__.pyi`: the stubs are meant for its users.
    is_stated: bool,
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let mut packages: BTreeMap<&str, Package<'_>> = BTreeMap::new();
    for member in wheel.members.iter().filter(|member| !member.is_folder) {
        let Some((top, rest)) = site_path(&member.path).and_then(|path| path.split_once('/')) else { continue };
        let file = rest.rsplit('/').next().unwrap_or(rest);
        let package = packages.entry(top).or_default();
        package.is_marked |= file == "py.typed";
        package.is_regular |= rest.starts_with("__init__.");
        package.is_stated |= rest == "__init__.pyi";
        if file.ends_with(".pyi") {
            package.stubs.push(&member.path);
        }
    }
    for (name, package) in packages {
        if package.is_marked || !package.is_regular || package.stubs.is_empty() || name.ends_with("-stubs") {
            continue;
        }
        let severity = if package.is_stated { Severity::Warning } else { Severity::Note };
        let message =
            format!("type checkers ignore the stubs of {name}, which has no py.typed: {}", some_of(&package.stubs));
        found.add(
            Finding::new(severity, Place::file(), message)
                .details(package.stubs)
                .fix(format!("add an empty file {name}/py.typed")),
        );
    }
}
