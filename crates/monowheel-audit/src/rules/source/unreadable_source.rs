//! The rule `unreadable-source`.

use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// A file of the crate could not be read as Rust, so nothing in it was looked at.
    ///
    /// # What it does
    /// Follows `mod name;` and `include!` from the root of each crate, and reports every file that is not there, is not UTF-8 or
    /// does not parse. The other files are looked at all the same. What a build script writes (`include!(concat!(env!("OUT_DIR"), …))`)
    /// and crates with bindings that a path outside of the project leads to are a note.
    ///
    /// # Why it matters
    /// A clean report on half of the files is no clean report. `monowheel lint --complete` ends with 3 then.
    ///
    /// # Example
    /// ```text
    /// fn half( {
    /// ```
    ///
    /// # Fix
    /// `cargo check` says more. For syntax that is newer than this monowheel, ignore the rule with that reason.
    pub(super) static RULE: "unreadable-source", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for file in &source.unreadable {
        let finding = match file.is_partial {
            true => Finding::new(Severity::Note, file.place.clone(), format!("not looked at: {}", file.why)),
            false => {
                Finding::new(Severity::Warning, file.place.clone(), format!("nothing in it was looked at: {}", file.why))
                    .fix("mend it; `cargo check` says more")
            }
        };
        found.add(finding);
    }
}
