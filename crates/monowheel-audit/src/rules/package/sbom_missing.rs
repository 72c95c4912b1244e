//! The rule `sbom-missing`.

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// The wheel bundles software that its metadata does not list.
    ///
    /// # What it does
    /// Reports a wheel without an SBOM (PEP 770) into which a repair tool copied libraries (`demo.libs/`, `.dylibs/`),
    /// or whose extension modules were built by maturin and contain Rust crates. Wheels without signs of bundled
    /// software are ignored.
    ///
    /// # Why it matters
    /// If a bundled library or crate has a vulnerability, no scanner can tell that this wheel is affected.
    ///
    /// # Example
    /// `demo.libs/libssl-3a5e.so.3` without `demo-1.0.dist-info/sboms/auditwheel.cdx.json`.
    ///
    /// # Fix
    /// Build with a recent maturin (1.13 and later), or repair with a recent auditwheel (6.5 and later): both write
    /// one.
    pub(super) static RULE: "sbom-missing", Package, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    if !wheel.sboms.is_empty() || facts.extensions().next().is_none() {
        return;
    }
    let libraries: Vec<&str> = facts
        .binaries
        .iter()
        .map(|binary| binary.path.as_str())
        .filter(|path| path.split('/').any(|folder| folder.ends_with(".libs") || folder == ".dylibs"))
        .collect();
    let by_maturin =
        wheel.wheel_file.as_ref().and_then(|file| file.generator()).is_some_and(|tool| tool.starts_with("maturin"));
    let what = match (libraries.is_empty(), by_maturin) {
        (false, _) => some_of(&libraries),
        (true, true) => "Rust crates".to_owned(),
        (true, false) => return,
    };
    found.add(
        Finding::new(Severity::Note, wheel.info("sboms"), format!("the wheel bundles {what} but has no SBOM"))
            .details(libraries)
            .fix("build with a recent maturin, or repair with a recent auditwheel: both write one"),
    );
}
