//! The rule `no-lock-file`.

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// There is no Cargo.lock, so every build may use different versions.
    ///
    /// # What it does
    /// Looks for Cargo.lock next to the manifest of the crate and of its workspace.
    ///
    /// # Why it matters
    /// A wheel built next week is a different one, nobody can reproduce it, and a broken release of a dependency breaks
    /// your build.
    ///
    /// # Example
    /// `Cargo.lock` in `.gitignore`, as was usual for libraries.
    ///
    /// # Fix
    /// Run `cargo generate-lockfile` and commit the file: a project that ships wheels is like a program.
    pub(super) static RULE: "no-lock-file", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for krate in source.crates.iter().filter(|krate| krate.is_cdylib && !krate.has_lock) {
        let message = format!("there is no Cargo.lock for `{}`: later builds may use different versions", krate.name);
        found.add(
            Finding::new(Severity::Note, Place::member(&krate.manifest), message)
                .fix("run `cargo generate-lockfile` and commit the file"),
        );
    }
}
