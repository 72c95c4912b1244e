//! The rule `installer-file-shipped`.

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// The wheel contains files that only an installer should write.
    ///
    /// # What it does
    /// Looks in the `.dist-info` for `INSTALLER`, `REQUESTED` and `direct_url.json`, and for the signatures
    /// `RECORD.jws` and `RECORD.p7s`, which PEP 815 deprecates.
    ///
    /// # Why it matters
    /// The files record how a project was installed into an environment. In a wheel they describe somebody else's
    /// environment: a shipped `direct_url.json` makes `pip freeze` print a URL.
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
                .fix("build the wheel from source instead of zipping an installed package"),
        );
    }
}
