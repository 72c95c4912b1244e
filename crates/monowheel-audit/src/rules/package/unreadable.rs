use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// Part of the file could not be read.
    ///
    /// # What it does
    /// Reports everything that could not be parsed: a file that is not a zip archive, an extension that is not a shared
    /// library, a member beyond the limits.
    ///
    /// # Why it matters
    /// Unread parts are not checked. A loader or an installer will most likely fail there too.
    ///
    /// # Example
    /// `demo/_demo.abi3.so` that is a linker script or truncated.
    ///
    /// # Fix
    /// Inspect the file with the tools of its platform, and rebuild it.
    pub(super) static RULE: "unreadable", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for unreadable in &facts.unreadable {
        let place = unreadable.member.as_ref().map_or_else(Place::file, Place::member);
        let fix = "rebuild it; parts that cannot be read were not checked";
        found.add(Finding::new(Severity::Error, place, unreadable.why.clone()).fix(fix));
    }
}
