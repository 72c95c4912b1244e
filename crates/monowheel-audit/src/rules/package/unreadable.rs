use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// Something in it could not be read.
    ///
    /// # What it does
    /// Reports what none of the readers could make sense of: a file that is no zip archive, an extension that is
    /// no shared library, a member beyond the limits.
    ///
    /// # Why it matters
    /// What was not read was not checked. A loader or an installer will most probably fail there too.
    ///
    /// # Example
    /// `demo/_demo.abi3.so` that is a linker script, or cut short.
    ///
    /// # Fix
    /// Look at the file with the tools of its platform, and build it again.
    pub(super) static RULE: "unreadable", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for unreadable in &facts.unreadable {
        let place = unreadable.member.as_ref().map_or_else(Place::file, Place::member);
        let fix = "build it again; what cannot be read was not checked";
        found.add(Finding::new(Severity::Error, place, unreadable.why.clone()).fix(fix));
    }
}
