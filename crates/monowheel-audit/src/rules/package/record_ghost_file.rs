//! The rule `record-ghost-file`.

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// RECORD lists a file that is not in the wheel.
    ///
    /// # What it does
    /// Looks for rows without a member.
    ///
    /// # Why it matters
    /// Installers copy the row into the installed RECORD, so that every check of the environment misses the file. The
    /// index writes a warning to the project's owners, and has announced to refuse such wheels.
    ///
    /// # Example
    /// A library that was removed from a finished wheel.
    ///
    /// # Fix
    /// Pack an edited wheel with `wheel pack`, which writes RECORD anew.
    pub(super) static RULE: "record-ghost-file", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(record) = &wheel.record else { return };
    // A folder's row is `record-malformed`.
    let ghosts: Vec<&str> = record
        .matched(&wheel.members)
        .rows
        .into_iter()
        .filter(|(row, member)| member.is_none() && !row.normal_path().ends_with('/'))
        .map(|(row, _)| row.path.as_str())
        .collect();
    if !ghosts.is_empty() {
        found.add(
            Finding::new(
                Severity::Warning,
                wheel.info("RECORD"),
                format!("RECORD lists what is not there: {}", some_of(&ghosts)),
            )
            .details(ghosts)
            .fix("Pack an edited wheel with `wheel pack`, which writes RECORD anew."),
        );
    }
}
