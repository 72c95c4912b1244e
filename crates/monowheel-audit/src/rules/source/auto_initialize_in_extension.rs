//! The rule `auto-initialize-in-extension`.

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// An extension module enables PyO3's feature to start its own interpreter.
    ///
    /// # What it does
    /// Reports the feature `auto-initialize` among the dependencies of a `cdylib`, and of the project's crates that it
    /// depends on: cargo builds PyO3 once, with the features that any of them enables. In `[dev-dependencies]` it is
    /// allowed.
    ///
    /// # Why it matters
    /// The feature is for programs that embed Python. An extension runs in an existing interpreter; the feature links
    /// libpython, which a wheel must not need, and hides mistakes in code that is not attached.
    ///
    /// # Example
    /// `pyo3 = { version = "0.29", features = ["auto-initialize"] }` together with `crate-type = ["cdylib"]`.
    ///
    /// # Fix
    /// Move it: `[dev-dependencies] pyo3 = { version = "0.29", features = ["auto-initialize"] }`.
    pub(super) static RULE: "auto-initialize-in-extension", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let is_of_extension = |krate: &crate::source::Crate| {
        krate.is_cdylib
            || source.crates.iter().any(|other| other.is_cdylib && other.dependencies.contains(&krate.library))
    };
    let is_mixed = |krate: &&crate::source::Crate| {
        is_of_extension(krate)
            && (krate.binding.enabled.contains("auto-initialize")
                || krate.binding.by_default.contains("auto-initialize"))
    };
    for krate in source.crates.iter().filter(is_mixed) {
        let message = format!("`{}` is an extension but starts an interpreter: `auto-initialize`", krate.name);
        found.add(
            Finding::new(Severity::Warning, Place::member(&krate.manifest), message)
                .fix("move the feature to [dev-dependencies], where tests need it"),
        );
    }
}
