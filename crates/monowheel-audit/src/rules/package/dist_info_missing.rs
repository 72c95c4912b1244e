//! The rule `dist-info-missing`.

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The wheel has no `.dist-info` directory, or more than one.
    ///
    /// # What it does
    /// Counts the top-level directories whose names end in `.dist-info`.
    ///
    /// # Why it matters
    /// pip and uv refuse the wheel: ".dist-info directory not found", "multiple .dist-info directories found".
    ///
    /// # Example
    /// A vendored package copied to the top level together with its own `other-1.0.dist-info/`.
    ///
    /// # Fix
    /// Keep exactly one. Leave the metadata of vendored packages out, or put it inside the package that vendors them.
    pub(super) static RULE: "dist-info-missing", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    // Nothing is known about an archive that could not be opened.
    if wheel.members.is_empty() && facts.unreadable.iter().any(|what| what.member.is_none()) {
        return;
    }
    match wheel.dist_infos.as_slice() {
        [_] => {}
        [] => found.add(
            Finding::new(Severity::Error, Place::file(), "there is no .dist-info directory")
                .fix("build the wheel with a build backend instead of zipping files"),
        ),
        several => found.add(
            Finding::new(Severity::Error, Place::file(), format!("there are {} .dist-info directories", several.len()))
                .details(several)
                .fix("keep the one of this project; put the metadata of vendored packages inside the package that vendors them"),
        ),
    }
}
