//! The rule `stubs-without-init`.

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// A directory of the package contains stubs but no `__init__.pyi`.
    ///
    /// # What it does
    /// Looks in the directories of the package for `.pyi` files without an `__init__.pyi` or `__init__.py` next to them.
    ///
    /// # Why it matters
    /// A type checker sees a namespace package at best: `demo._core` itself has no names, and mypy reports `Cannot find
    /// implementation or library stub`.
    ///
    /// # Example
    /// `python/demo/_core/shapes.pyi` alone in its directory
    ///
    /// # Fix
    /// Add an `__init__.pyi` with the names of the module itself; it may be empty.
    pub(super) static RULE: "stubs-without-init", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let Some(package) = &source.package else { return };
    for directory in &package.stubs_without_init {
        let message = format!("the stubs in `{directory}` are not in a package: there is no __init__.pyi");
        found.add(Finding::new(Severity::Note, Place::member(&package.path), message).fix("add an __init__.pyi"));
    }
}
