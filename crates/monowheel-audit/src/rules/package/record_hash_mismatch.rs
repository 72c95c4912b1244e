//! The rule `record-hash-mismatch`.

use std::collections::BTreeSet;

use monowheel_wheel::record::Digest;

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A file's hash does not match RECORD.
    ///
    /// # What it does
    /// Compares the SHA-256 of every file with RECORD. Hashes by other algorithms that the specification allows
    /// (`sha384`, `sha512`, …) are not compared; a note says so.
    ///
    /// # Why it matters
    /// The file was changed after the wheel was built. The specification requires installers to refuse it; `installer`
    /// with `--validate-record all` does, pip and uv do not check. After the install every integrity check of the
    /// environment fails.
    ///
    /// # Example
    /// A library that was stripped or signed inside a built wheel.
    ///
    /// # Fix
    /// Repack an edited wheel with `wheel pack`, which rewrites RECORD.
    pub(super) static RULE: "record-hash-mismatch", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(record) = &wheel.record else { return };
    // RECORD cannot contain its own hash: see `record-malformed`.
    let own = wheel.info("RECORD").member;
    let mut wrong = Vec::new();
    let mut others = BTreeSet::new();
    let mut uncompared = 0;
    for (row, member) in record.matched(&wheel.members).rows {
        if member.is_some_and(|member| row.contradicts(member) && Some(&member.path) != own.as_ref()) {
            wrong.push(row.path.as_str());
        } else if let Digest::Other(name) = row.digest() {
            others.insert(name);
            uncompared += 1;
        }
    }
    if !wrong.is_empty() {
        found.add(
            Finding::new(
                Severity::Error,
                wheel.info("RECORD"),
                format!("RECORD has a different hash for {}", some_of(&wrong)),
            )
            .details(wrong)
            .fix("repack an edited wheel with `wheel pack`, which rewrites RECORD"),
        );
    }
    if !others.is_empty() {
        let names: Vec<&str> = others.into_iter().collect();
        found.add(Finding::new(
            Severity::Note,
            wheel.info("RECORD"),
            format!("{uncompared} hashes of {} were not compared", some_of(&names)),
        ));
    }
}
