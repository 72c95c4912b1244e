//! The rule `no-lock-file`.

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// There is no Cargo.lock, so that every build may take other versions.
    ///
    /// # What it does
    /// Looks for Cargo.lock beside the manifest of the crate and of its workspace.
    ///
    /// # Why it matters
    /// A wheel that is built next week is another one; nobody can make it again, and a broken release of a dependency breaks
    /// yours.
    ///
    /// # Example
    /// `Cargo.lock` in `.gitignore`, as one did for libraries.
    ///
    /// # Fix
    /// `cargo generate-lockfile`, and commit it: what ships a wheel is a program.
    pub(super) static RULE: "no-lock-file", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for krate in source.crates.iter().filter(|krate| krate.is_cdylib && !krate.has_lock) {
        let message = format!("there is no Cargo.lock for `{}`: builds of other days take other versions", krate.name);
        found.add(
            Finding::new(Severity::Note, Place::member(&krate.manifest), message)
                .fix("cargo generate-lockfile, and commit it"),
        );
    }
}
