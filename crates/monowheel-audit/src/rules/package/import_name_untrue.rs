//! The rule `import-name-untrue`.

use monowheel_wheel::import_names::{ImportNames, modules};

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// METADATA says that other names can be imported than the wheel has.
    ///
    /// # What it does
    /// Compares `Import-Name` and `Import-Namespace`, where METADATA has them, with the modules and packages of the wheel: each
    /// name has to be there, a namespace must not be a package with `__init__.py`, and everything at the top has to be stated.
    ///
    /// # Why it matters
    /// The fields say which distribution provides a name without opening its files (PEP 794): editors suggest it by them, and
    /// installers are to refuse two projects that provide the same name. A name may be missing on one platform and be there on
    /// another, so this is a warning.
    ///
    /// # Example
    /// `Import-Name: demo` in a wheel that installs `demo_core/`.
    ///
    /// # Fix
    /// Correct `import-names` and `import-namespaces` of `[project]`, or call both dynamic: monowheel then fills them in.
    pub(super) static RULE: "import-name-untrue", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(stated) = wheel.metadata.as_ref().and_then(ImportNames::stated) else { return };
    // A value that is no name is another rule's.
    if stated.fault().is_some() {
        return;
    }
    let paths = || wheel.members.iter().map(|member| member.path.as_str());
    let differences = stated.differences(&ImportNames::provided(paths()), &modules(paths()));
    if !differences.is_empty() {
        let message = format!("the import names of METADATA are not those of the wheel: {}", some_of(&differences));
        found.add(
            Finding::new(Severity::Warning, wheel.info("METADATA"), message)
                .details(differences)
                .fix("Correct `import-names` and `import-namespaces` of [project], or call both dynamic."),
        );
    }
}
