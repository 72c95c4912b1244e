//! The rule `missing-stubs`.

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// The package has no type stubs, so that editors and type checkers know nothing of it.
    ///
    /// # What it does
    /// Looks for `.pyi` files in the package's folder (`python-source` of `[tool.maturin]`, else beside Cargo.toml).
    ///
    /// # Why it matters
    /// A compiled module cannot be read by a type checker: every name in it is unknown, and completion in an editor is empty.
    ///
    /// # Example
    /// A project with `src/lib.rs` and nothing else.
    ///
    /// # Fix
    /// Write `python/PACKAGE/_module.pyi`, or let PyO3's `experimental-inspect` write it, and put `py.typed` beside it.
    /// `python -m mypy.stubtest PACKAGE` compares it with the module.
    pub(super) static RULE: "missing-stubs", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let Some(package) = source.package.as_ref().filter(|package| !package.has_stubs) else { return };
    if source.files.iter().any(|file| !file.modules.is_empty()) {
        let message = "the package has no type stubs (.pyi)";
        found.add(
            Finding::new(Severity::Note, Place::member(&package.path), message)
                .fix("write NAME.pyi for the module, and py.typed beside it"),
        );
    }
}
