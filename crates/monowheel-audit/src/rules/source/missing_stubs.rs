//! The rule `missing-stubs`.

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// The package has no type stubs, so editors and type checkers know nothing about it.
    ///
    /// # What it does
    /// Looks for `.pyi` files in the package's directory (`python-source` of `[tool.maturin]`, or else next to
    /// Cargo.toml).
    ///
    /// # Why it matters
    /// Type checkers cannot read a compiled module: every name in it is unknown, and editors offer no completion.
    ///
    /// # Example
    /// A project with `src/lib.rs` and nothing else.
    ///
    /// # Fix
    /// Write `python/PACKAGE/_module.pyi`, or let PyO3's `experimental-inspect` generate it, and put `py.typed` next to
    /// it. `python -m mypy.stubtest PACKAGE` compares it with the module.
    pub(super) static RULE: "missing-stubs", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let Some(package) = source.package.as_ref().filter(|package| !package.has_stubs) else { return };
    if source.files.iter().any(|file| !file.modules.is_empty()) {
        let message = "the package has no type stubs (.pyi)";
        found.add(
            Finding::new(Severity::Note, Place::member(&package.path), message)
                .fix("write NAME.pyi for the module, with py.typed next to it"),
        );
    }
}
