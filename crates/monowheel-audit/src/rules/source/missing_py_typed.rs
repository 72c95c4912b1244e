//! The rule `missing-py-typed`.

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// The package has stubs but no `py.typed`, so type checkers ignore them.
    ///
    /// # What it does
    /// Reports a package with `.pyi` files but no file called `py.typed`.
    ///
    /// # Why it matters
    /// PEP 561: without the marker an installed package counts as untyped. mypy reports "missing library stubs or
    /// py.typed marker".
    ///
    /// # Example
    /// `python/demo/_demo.pyi` without `python/demo/py.typed`.
    ///
    /// # Fix
    /// Add an empty file `py.typed` to the package's directory.
    pub(super) static RULE: "missing-py-typed", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let Some(package) = source.package.as_ref().filter(|package| package.has_stubs && !package.is_typed) else {
        return;
    };
    // maturin adds the marker itself to a module that is a single file.
    if package.has_python {
        let message = "the package has stubs but no py.typed: type checkers ignore them";
        found.add(
            Finding::new(Severity::Warning, Place::member(&package.path), message)
                .fix("add an empty file py.typed to the package's directory"),
        );
    }
}
