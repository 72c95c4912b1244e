//! The rule `import-name-untrue`.

use monowheel_wheel::import_names::{ImportNames, modules};

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// The import names in METADATA do not match the wheel's contents.
    ///
    /// # What it does
    /// Compares `Import-Name` and `Import-Namespace`, if METADATA has them, with the modules and packages of the wheel.
    /// Each name has to exist, a namespace must not be a package with `__init__.py`, and everything at the top level
    /// has to be listed.
    ///
    /// # Why it matters
    /// The fields state which distribution provides a name without opening its files (PEP 794). Editors use them for
    /// suggestions, and installers are to refuse two projects that provide the same name. A name may be missing on one
    /// platform and present on another, so this is a warning.
    ///
    /// # Example
    /// `Import-Name: demo` in a wheel that installs `demo_core/`.
    ///
    /// # Fix
    /// Correct `import-names` and `import-namespaces` in `[project]`, or declare both as dynamic: monowheel then fills
    /// them in.
    pub(super) static RULE: "import-name-untrue", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(stated) = wheel.metadata.as_ref().and_then(ImportNames::stated) else { return };
    // A value that is not a name is reported by another rule.
    if stated.fault().is_some() {
        return;
    }
    let paths = || wheel.members.iter().map(|member| member.path.as_str());
    let differences = stated.differences(&ImportNames::provided(paths()), &modules(paths()));
    if !differences.is_empty() {
        let message = format!("the import names in METADATA do not match the wheel: {}", some_of(&differences));
        found.add(
            Finding::new(Severity::Warning, wheel.info("METADATA"), message)
                .details(differences)
                .fix("correct `import-names` and `import-namespaces` in [project], or declare both as dynamic"),
        );
    }
}
