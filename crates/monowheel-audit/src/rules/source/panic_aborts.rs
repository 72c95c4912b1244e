//! The rule `panic-aborts`.

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// The release profile has `panic = "abort"`: a panic ends the Python process.
    ///
    /// # What it does
    /// Reports `panic = "abort"` in `[profile.release]` of an extension or of its workspace.
    ///
    /// # Why it matters
    /// PyO3 turns panics into `PanicException`, which needs unwinding. With `abort`, an index out of range in one request takes
    /// the server down, without a traceback.
    ///
    /// # Example
    /// ```toml
    /// [profile.release]
    /// panic = "abort"
    /// ```
    ///
    /// # Fix
    /// Remove the line; or ignore the finding, if no panic is left.
    pub(super) static RULE: "panic-aborts", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for krate in source.crates.iter().filter(|krate| krate.is_cdylib && krate.aborts) {
        let message = format!("a panic in `{}` ends the Python process: panic = \"abort\"", krate.name);
        found.add(
            Finding::new(Severity::Note, Place::member(&krate.manifest), message)
                .fix("remove it from the release profile, so that a panic becomes an exception"),
        );
    }
}
