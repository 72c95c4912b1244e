//! The rule `extension-module-by-default`.

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// PyO3's `extension-module` is enabled in every build, so `cargo test` does not link.
    ///
    /// # What it does
    /// Reports `features = ["extension-module"]` on the dependency, and default features that enable it; as a note if the crate
    /// has no tests, or if `cargo test --no-default-features` links, as PyO3's FAQ advised for years.
    ///
    /// # Why it matters
    /// The feature leaves out Python's own library, which is right for a wheel and wrong for a test program: `undefined
    /// symbol: PyUnicode_…` (pyo3#340).
    /// Also reported in synapse#14965, hifitime#388, pyo3#4125, wasmtime#468.
    ///
    /// # Example
    /// `pyo3 = { version = "0.29", features = ["extension-module", "abi3-py38"] }`
    ///
    /// # Fix
    /// With PyO3 0.26 and later remove it: maturin 1.9.4 and later sets `PYO3_BUILD_EXTENSION_MODULE` itself. Before
    /// that, use a feature of the crate that is not a default feature, and list it in `features` of `[tool.maturin]`.
    pub(super) static RULE: "extension-module-by-default", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let crates = source.crates.iter().enumerate();
    for (at, krate) in crates.filter(|(_, krate)| krate.binding.by_default.contains("extension-module")) {
        let is_always = krate.binding.always.contains("extension-module");
        let how = if is_always {
            "the dependency on pyo3 enables `extension-module`"
        } else {
            "the default features enable pyo3's `extension-module`"
        };
        let fix = if krate.binding.version.is_none_or(|version| version >= (0, 26)) {
            "remove it: maturin tells PyO3 that it builds an extension"
        } else {
            "put it behind a feature that is not a default feature, and list that in `features` of [tool.maturin]"
        };
        let has_tests = krate.has_tests || source.files.iter().any(|file| file.krate == Some(at) && file.has_tests);
        let (severity, effect) = match has_tests {
            true if is_always => (Severity::Warning, "`cargo test` does not link with it"),
            true => (Severity::Note, "`cargo test` links only with `--no-default-features`"),
            false => (Severity::Note, "a test program would not link with it"),
        };
        found.add(Finding::new(severity, Place::member(&krate.manifest), format!("{how}: {effect}")).fix(fix));
    }
}
