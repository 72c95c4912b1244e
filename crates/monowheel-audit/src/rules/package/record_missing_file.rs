//! The rule `record-missing-file`.

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A file of the wheel is not listed in RECORD.
    ///
    /// # What it does
    /// Looks for files without a row. Directories and the signatures `RECORD.jws` and `RECORD.p7s` do not need one.
    ///
    /// # Why it matters
    /// The specification requires installers to refuse the wheel. pip and uv install the file but do not track it: an
    /// uninstall leaves it behind, where Python can still import it. The index sends the project's owners a warning.
    ///
    /// # Example
    /// `zip demo.whl demo/extra.py`
    ///
    /// # Fix
    /// Repack an edited wheel with `wheel pack`, which rewrites RECORD.
    pub(super) static RULE: "record-missing-file", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let (Some(record), Some(folder)) = (&wheel.record, wheel.dist_info()) else { return };
    let exempt = |path: &str| {
        let file = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
        matches!(file, Some("RECORD" | "RECORD.jws" | "RECORD.p7s"))
    };
    let matched = record.matched(&wheel.members);
    let missing: Vec<&str> =
        matched.unlisted.iter().map(|member| member.path.as_str()).filter(|path| !exempt(path)).collect();
    if !missing.is_empty() {
        found.add(
            Finding::new(Severity::Error, wheel.info("RECORD"), format!("RECORD does not list {}", some_of(&missing)))
                .details(missing)
                .fix("repack an edited wheel with `wheel pack`, which rewrites RECORD"),
        );
    }
}
