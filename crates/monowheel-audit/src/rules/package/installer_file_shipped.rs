//! The rule `installer-file-shipped`.

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// The wheel has files that only an installer or nobody writes.
    ///
    /// # What it does
    /// Looks in the `.dist-info` for `INSTALLER`, `REQUESTED` and `direct_url.json`, and for the signatures `RECORD.jws`
    /// and `RECORD.p7s`, which PEP 815 deprecates.
    ///
    /// # Why it matters
    /// The files say how an environment got the project. In a wheel they are a lie about somebody else's environment:
    /// a shipped `direct_url.json` makes `pip freeze` name a URL.
    ///
    /// # Example
    /// A wheel zipped from an installed package.
    ///
    /// # Fix
    /// Build the wheel from source.
    pub(super) static RULE: "installer-file-shipped", Package, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(folder) = wheel.dist_info() else { return };
    let names = ["INSTALLER", "REQUESTED", "direct_url.json", "RECORD.jws", "RECORD.p7s"];
    let shipped: Vec<&str> =
        names.into_iter().filter(|name| wheel.member(&format!("{folder}/{name}")).is_some()).collect();
    if !shipped.is_empty() {
        found.add(
            Finding::new(Severity::Note, Place::member(folder), format!("{folder} has {}", some_of(&shipped)))
                .fix("Build the wheel from source instead of zipping what is installed."),
        );
    }
}
