//! The rule `record-size-mismatch`.

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A file's size does not match RECORD.
    ///
    /// # What it does
    /// Compares the size of every file with RECORD, unless its hash already differs.
    ///
    /// # Why it matters
    /// RECORD was not written for these bytes: see `record-hash-mismatch`.
    ///
    /// # Example
    /// `demo/__init__.py,sha256=…,120` for a file of 98 bytes.
    ///
    /// # Fix
    /// Repack an edited wheel with `wheel pack`, which rewrites RECORD.
    pub(super) static RULE: "record-size-mismatch", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(record) = &wheel.record else { return };
    // RECORD cannot contain its own size: see `record-malformed`.
    let own = wheel.info("RECORD").member;
    let wrong: Vec<String> = record
        .matched(&wheel.members)
        .rows
        .into_iter()
        .filter_map(|(row, member)| {
            let (said, member) = (row.size.parse::<u64>().ok()?, member?);
            let differs = said != member.size && !row.contradicts(member) && Some(&member.path) != own.as_ref();
            differs.then(|| format!("{} ({} bytes, not {said})", row.path, member.size))
        })
        .collect();
    if !wrong.is_empty() {
        found.add(
            Finding::new(
                Severity::Error,
                wheel.info("RECORD"),
                format!("RECORD has a different size for {}", some_of(&wrong)),
            )
            .details(wrong)
            .fix("repack an edited wheel with `wheel pack`, which rewrites RECORD"),
        );
    }
}
