//! The rule `record-ghost-file`.

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// RECORD lists a file that is not in the wheel.
    ///
    /// # What it does
    /// Looks for rows without a matching member.
    ///
    /// # Why it matters
    /// Installers copy the row into the installed RECORD, so every check of the environment reports the file as
    /// missing. The index sends the project's owners a warning, and has announced that it will refuse such wheels.
    ///
    /// # Example
    /// A library that was removed from a built wheel.
    ///
    /// # Fix
    /// Repack an edited wheel with `wheel pack`, which rewrites RECORD.
    pub(super) static RULE: "record-ghost-file", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(record) = &wheel.record else { return };
    // A row for a directory is reported by `record-malformed`.
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
                format!("RECORD lists files that are not in the wheel: {}", some_of(&ghosts)),
            )
            .details(ghosts)
            .fix("repack an edited wheel with `wheel pack`, which rewrites RECORD"),
        );
    }
}
