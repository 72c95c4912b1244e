//! The rule `extension-module-by-default`.

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// PyO3's `extension-module` is on in every build, so `cargo test` does not link.
    ///
    /// # What it does
    /// Reports `features = ["extension-module"]` at the dependency, and default features that lead to it.
    ///
    /// # Why it matters
    /// The feature leaves Python's own library out, which is right for a wheel and wrong for a test program: `undefined
    /// symbol: PyUnicode_…` (pyo3#340).
    ///
    /// # Example
    /// `pyo3 = { version = "0.29", features = ["extension-module", "abi3-py38"] }`
    ///
    /// # Fix
    /// With PyO3 0.26 and later leave it out: maturin 1.9.4 and later sets `PYO3_BUILD_EXTENSION_MODULE` itself. Before that:
    /// a feature of the crate that is not default, named in `features` of `[tool.maturin]`.
    pub(super) static RULE: "extension-module-by-default", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for krate in source.crates.iter().filter(|krate| krate.binding.by_default.contains("extension-module")) {
        let how = if krate.binding.always.contains("extension-module") {
            "the dependency on pyo3 asks for `extension-module`"
        } else {
            "the default features lead to pyo3's `extension-module`"
        };
        let fix = if krate.binding.version.is_none_or(|version| version >= (0, 26)) {
            "leave it out: maturin tells PyO3 by itself that it builds an extension"
        } else {
            "put it behind a feature that is not default, and name that in `features` of [tool.maturin]"
        };
        let message = format!("{how}: `cargo test` does not link with it");
        found.add(Finding::new(Severity::Warning, Place::member(&krate.manifest), message).fix(fix));
    }
}
