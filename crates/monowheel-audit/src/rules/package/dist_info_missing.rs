//! The rule `dist-info-missing`.

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The wheel has no `.dist-info` folder, or several.
    ///
    /// # What it does
    /// Counts the folders at the top of the archive whose names end in `.dist-info`.
    ///
    /// # Why it matters
    /// pip and uv refuse the wheel: ".dist-info directory not found", "multiple .dist-info directories found".
    ///
    /// # Example
    /// A vendored package copied to the top together with its own `other-1.0.dist-info/`.
    ///
    /// # Fix
    /// Keep exactly one; leave the metadata of vendored packages out, or put it below the package that vendors them.
    pub(super) static RULE: "dist-info-missing", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    // Of an archive that could not be opened nothing is known.
    if wheel.members.is_empty() && facts.unreadable.iter().any(|what| what.member.is_none()) {
        return;
    }
    match wheel.dist_infos.as_slice() {
        [_] => {}
        [] => found.add(
            Finding::new(Severity::Error, Place::file(), "there is no .dist-info folder")
                .fix("Build the wheel with a build backend instead of zipping files."),
        ),
        several => found.add(
            Finding::new(Severity::Error, Place::file(), format!("there are {} .dist-info folders", several.len()))
                .details(several)
                .fix("Keep the one of this project; put the metadata of vendored packages below the package that vendors them."),
        ),
    }
}
