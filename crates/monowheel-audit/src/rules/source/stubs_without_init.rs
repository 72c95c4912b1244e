//! The rule `stubs-without-init`.

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// A directory of the package has stubs and no `__init__.pyi`.
    ///
    /// # What it does
    /// Looks in the package's directories for `.pyi` files beside neither `__init__.pyi` nor `__init__.py`.
    ///
    /// # Why it matters
    /// For a type checker it is a namespace package at best: `demo._core` itself has no names, and mypy says `Cannot find
    /// implementation or library stub`.
    ///
    /// # Example
    /// `python/demo/_core/shapes.pyi` alone in its directory.
    ///
    /// # Fix
    /// Add `__init__.pyi` with what the module itself offers; it may be empty.
    pub(super) static RULE: "stubs-without-init", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let Some(package) = &source.package else { return };
    for directory in &package.stubs_without_init {
        let message = format!("the stubs in `{directory}` are in no package: there is no __init__.pyi");
        found.add(Finding::new(Severity::Note, Place::member(&package.path), message).fix("add an __init__.pyi"));
    }
}
