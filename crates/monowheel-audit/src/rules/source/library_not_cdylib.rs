//! The rule `library-not-cdylib`.

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::{Backend, Source};

rule! {
    /// The crate defines a Python module, but its library is not of the type that Python loads.
    ///
    /// # What it does
    /// Looks for `cdylib` in `crate-type` of the crates of a project that maturin builds, if the crate that it builds has
    /// a `#[pymodule]`.
    ///
    /// # Why it matters
    /// cargo then builds an `rlib`, which only Rust can use: maturin stops, and `monowheel plan` too.
    ///
    /// # Example
    /// A Cargo.toml without `[lib]`, as `cargo new --lib` writes it.
    ///
    /// # Fix
    /// Add `crate-type = ["cdylib", "rlib"]` to `[lib]`; without `"rlib"`, neither other crates nor the crate's own
    /// integration tests can use it.
    pub(super) static RULE: "library-not-cdylib", Source, Error, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let Some(package) = &source.package else { return };
    let is_pyo3 = package.maturin.bindings.as_deref().is_none_or(|bindings| bindings == "pyo3");
    if package.backend != Backend::Maturin || !is_pyo3 || source.crates.iter().any(|krate| krate.is_cdylib) {
        return;
    }
    let Some(krate) = source.built().and_then(|built| source.crates.get(built)) else { return };
    if source.library_files().any(|file| !file.modules.is_empty()) {
        let message = format!("`{}` defines a Python module, but its library is not a cdylib", krate.name);
        found.add(
            Finding::new(Severity::Error, Place::member(&krate.manifest), message)
                .fix("add to Cargo.toml: [lib] crate-type = [\"cdylib\", \"rlib\"]"),
        );
    }
}
