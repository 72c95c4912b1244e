//! The rule `unreadable-source`.

use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// A file of the crate could not be parsed as Rust, so it was not checked.
    ///
    /// # What it does
    /// Follows `mod name;` and `include!` from the root of each crate, and reports every file that is missing, is not
    /// UTF-8 or does not parse. The other files are checked anyway. An `include!` of a file that a build script writes,
    /// and a crate with bindings outside the project, are a note.
    ///
    /// # Why it matters
    /// A clean report on half of the files is not a clean report. `monowheel lint --complete` then exits with 3.
    ///
    /// # Example
    /// ```text
    /// fn half( {
    /// ```
    ///
    /// # Fix
    /// `cargo check` shows more. If this monowheel does not support newer syntax, ignore the rule and state that
    /// reason.
    pub(super) static RULE: "unreadable-source", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for file in &source.unreadable {
        let finding = match file.is_partial {
            true => Finding::new(Severity::Note, file.place.clone(), format!("not checked: {}", file.why)),
            false => {
                Finding::new(Severity::Warning, file.place.clone(), format!("the file was not checked: {}", file.why))
                    .fix("fix the file; `cargo check` shows more")
            }
        };
        found.add(finding);
    }
}
