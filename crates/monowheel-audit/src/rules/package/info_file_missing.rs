//! The rule `info-file-missing`.

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// METADATA, WHEEL or RECORD is missing.
    ///
    /// # What it does
    /// Looks for the three files in the `.dist-info` directory.
    ///
    /// # Why it matters
    /// The index refuses the file, and pip and uv do not install it.
    ///
    /// # Example
    /// A wheel that was unzipped, edited and zipped again without its RECORD.
    ///
    /// # Fix
    /// Repack an edited wheel with `wheel pack`, which rewrites RECORD.
    pub(super) static RULE: "info-file-missing", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(folder) = wheel.dist_info() else { return };
    let files = ["METADATA", "WHEEL", "RECORD"];
    let missing: Vec<&str> =
        files.into_iter().filter(|file| wheel.member(&format!("{folder}/{file}")).is_none()).collect();
    if !missing.is_empty() {
        found.add(
            Finding::new(Severity::Error, Place::member(folder), format!("{folder} has no {}", some_of(&missing)))
                .fix("rebuild the wheel, or pack the edited directory with `wheel pack`"),
        );
    }
}
