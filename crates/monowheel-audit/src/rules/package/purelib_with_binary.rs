//! The rule `purelib-with-binary`.

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// `Root-Is-Purelib` contradicts the contents of the wheel.
    ///
    /// # What it does
    /// Looks for shared libraries in the parts that installers treat as pure Python: the top level of a wheel with
    /// `Root-Is-Purelib: true`, and `.data/purelib/`. Conversely, a wheel for every platform (`any`) without binaries
    /// should state `true`.
    ///
    /// # Why it matters
    /// Where the two directories differ (Fedora and related distributions: `lib` and `lib64`), a binary is installed
    /// into the directory that several architectures share. auditwheel refuses to repair such a wheel.
    ///
    /// # Example
    /// `Root-Is-Purelib: true` with `demo/_demo.abi3.so`.
    ///
    /// # Fix
    /// Declare the extension modules to the build backend.
    pub(super) static RULE: "purelib-with-binary", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(root) = wheel.wheel_file.as_ref().and_then(|file| file.root_is_purelib()) else { return };
    let is_pure = |path: &str| match path.split_once(".data/") {
        Some((top, rest)) if !top.contains('/') => rest.starts_with("purelib/"),
        _ => root,
    };
    let binaries: Vec<&str> = facts
        .binaries
        .iter()
        .filter(|binary| !binary.is_managed())
        .map(|binary| binary.path.as_str())
        .filter(|path| is_pure(path))
        .collect();
    if !binaries.is_empty() {
        found.add(
            Finding::new(
                Severity::Warning,
                wheel.info("WHEEL"),
                format!("installers would put binaries in the directory for pure Python: {}", some_of(&binaries)),
            )
            .details(binaries)
            .fix("declare the extension modules to the build backend, so that Root-Is-Purelib is false"),
        );
    }
    let is_anywhere = !wheel.tags.is_empty() && wheel.tags.iter().all(|tag| tag.platform == "any");
    if !root && facts.binaries.is_empty() && facts.unreadable.is_empty() && is_anywhere {
        found.add(
            Finding::new(
                Severity::Note,
                wheel.info("WHEEL"),
                "Root-Is-Purelib is false in a wheel without binaries for any platform",
            )
            .fix("declare no extension modules to the build backend, so that Root-Is-Purelib is true"),
        );
    }
}
