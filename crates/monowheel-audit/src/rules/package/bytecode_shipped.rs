//! The rule `bytecode-shipped`.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The wheel contains compiled Python files.
    ///
    /// # What it does
    /// Looks for `.pyc` and `.pyo` files in `__pycache__`, and beside the `.py` file of the same name.
    ///
    /// # Why it matters
    /// They are for one minor version of Python. They contain the modification time of the source, so they differ from
    /// build to build, and installers compile their own. The specification says that wheels do not include them.
    ///
    /// # Example
    /// `demo/__pycache__/__init__.cpython-312.pyc`
    ///
    /// # Fix
    /// Build from a clean checkout, or exclude `__pycache__`.
    pub(super) static RULE: "bytecode-shipped", Package, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let paths = || wheel.members.iter().map(|member| member.path.as_str());
    let sources = LazyCell::new(|| paths().filter(|path| path.ends_with(".py")).collect::<BTreeSet<&str>>());
    let mut files = paths().filter(|path| {
        let in_cache = || path.rsplit('/').nth(1) == Some("__pycache__");
        source_of(path).is_some_and(|source| in_cache() || sources.contains(source))
    });
    if let Some(first) = files.next() {
        let message = format!("the wheel has {} compiled Python files", 1 + files.count());
        found
            .add(Finding::new(Severity::Note, Place::member(first), message).fix("exclude __pycache__ from the wheel"));
    }
}

/// The path of the source beside a compiled file.
fn source_of(path: &str) -> Option<&str> {
    path.strip_suffix('c').or_else(|| path.strip_suffix('o')).filter(|source| source.ends_with(".py"))
}
