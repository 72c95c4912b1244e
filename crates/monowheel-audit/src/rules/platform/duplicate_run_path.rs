use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::mac::loadable;

rule! {
    /// A macOS binary contains a run path twice.
    ///
    /// # What it does
    /// Looks for an `LC_RPATH` that occurs more than once.
    ///
    /// # Why it matters
    /// dyld of macOS 15.4 and later refuses such a file (*duplicate LC_RPATH*) if it was linked with an SDK of 15.4 or
    /// later, and for a time refused others too. Xcode 16.3 warns and drops the duplicate.
    ///
    /// # Example
    /// `@loader_path/../demo.dylibs` once from the build system and once from `delocate`.
    ///
    /// # Fix
    /// Remove one with `install_name_tool -delete_rpath PATH`, and sign the file again (`codesign -s - -f FILE`).
    pub(super) static RULE: "duplicate-run-path", Platform, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for (binary, slice) in loadable(facts) {
        let mut seen = BTreeSet::new();
        let twice: BTreeSet<&str> =
            slice.run_paths.iter().map(String::as_str).filter(|path| !seen.insert(*path)).collect();
        if twice.is_empty() {
            continue;
        }
        let names: Vec<&str> = twice.into_iter().collect();
        let message = format!("has a duplicate LC_RPATH {}, which macOS 15.4 and later may refuse", some_of(&names));
        found.add(
            Finding::new(Severity::Warning, binary.place(slice), message)
                .details(names)
                .fix("remove one with `install_name_tool -delete_rpath`, and sign the file again"),
        );
    }
}
