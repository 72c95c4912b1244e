//! The rule `missing-py-typed`.

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// There are stubs and no `py.typed`, so type checkers pass over them.
    ///
    /// # What it does
    /// Reports a package with `.pyi` files that has no file called `py.typed`.
    ///
    /// # Why it matters
    /// PEP 561: without the marker an installed package counts as untyped. mypy says "missing library stubs or py.typed marker".
    ///
    /// # Example
    /// `python/demo/_demo.pyi` without `python/demo/py.typed`.
    ///
    /// # Fix
    /// An empty file `py.typed` in the package's folder.
    pub(super) static RULE: "missing-py-typed", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let Some(package) = source.package.as_ref().filter(|package| package.has_stubs && !package.is_typed) else {
        return;
    };
    // maturin adds the marker itself to a module that is a file alone.
    if package.has_python {
        let message = "the package has stubs and no py.typed: type checkers pass over them";
        found.add(
            Finding::new(Severity::Warning, Place::member(&package.path), message)
                .fix("put an empty file py.typed into the package's folder"),
        );
    }
}
