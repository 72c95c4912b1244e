//! The rule `record-hash-weak`.

use monowheel_wheel::record::Digest;

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A row of RECORD has no hash, or uses an algorithm that is not allowed.
    ///
    /// # What it does
    /// Checks every row except those of RECORD and its signatures: the hash has to be SHA-256 or better; MD5 and SHA-1
    /// are not permitted (binary distribution format).
    ///
    /// # Why it matters
    /// Nobody can verify that the file is the one that was built. `installer` with `--validate-record` refuses a row
    /// without a hash; pip and uv do not check.
    ///
    /// # Example
    /// `demo/__init__.py,,`
    ///
    /// # Fix
    /// Let the build backend or `wheel pack` write RECORD.
    pub(super) static RULE: "record-hash-weak", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(record) = &wheel.record else { return };
    let is_exempt = |path: &str| {
        let file = wheel.dist_info().and_then(|folder| path.strip_prefix(folder)?.strip_prefix('/'));
        matches!(file, Some("RECORD" | "RECORD.jws" | "RECORD.p7s")) || path.ends_with('/')
    };
    let weak: Vec<String> = record
        .rows
        .iter()
        .filter(|row| !is_exempt(&row.normal_path()))
        .filter_map(|row| match row.digest() {
            Digest::Absent => Some(format!("{} (none)", row.path)),
            Digest::Weak(name) => Some(format!("{} ({name})", row.path)),
            _ => None,
        })
        .collect();
    if !weak.is_empty() {
        found.add(
            Finding::new(
                Severity::Warning,
                wheel.info("RECORD"),
                format!("RECORD has no hash of SHA-256 or better for {}", some_of(&weak)),
            )
            .details(weak)
            .fix("let the build backend or `wheel pack` write RECORD"),
        );
    }
}
