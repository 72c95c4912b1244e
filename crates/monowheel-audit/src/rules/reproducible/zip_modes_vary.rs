//! The rule `zip-modes-vary`.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

/// Permissions that result from a umask of 002, 000, 027 or 077. Tools that do not copy them from the file system write
/// 0644 and 0755, as the usual 022 gives.
const MODES: [u32; 10] = [0o664, 0o775, 0o666, 0o777, 0o640, 0o750, 0o660, 0o770, 0o600, 0o700];

rule! {
    /// The permissions in the archive depend on the build machine's umask.
    ///
    /// # What it does
    /// Looks for permissions that come from a umask other than 022: group-writable, or closed to others. Files of the
    /// `.dist-info` may have 0664, which the library `wheel` writes everywhere. One mode for all files is a tool's
    /// choice (Bazel writes 0777).
    ///
    /// # Why it matters
    /// Another machine, or the same one under another user, builds a wheel with a different hash. Files closed to
    /// others stay so after unzipping.
    ///
    /// # Example
    /// `demo/__init__.py` with mode 0664.
    ///
    /// # Fix
    /// Build with `umask 022`.
    pub(super) static RULE: "zip-modes-vary", Reproducible, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let mut modes = BTreeSet::new();
    let mut odd = Vec::new();
    for member in &wheel.members {
        // A link has 0777 everywhere, and a directory is not installed.
        let Some(mode) = member.mode.filter(|mode| mode & 0o170_000 != 0o120_000 && !member.is_folder) else {
            continue;
        };
        let mode = mode & 0o777;
        let in_info = member.path.split_once('/').is_some_and(|(top, _)| top.ends_with(".dist-info"));
        modes.insert(mode);
        if MODES.contains(&mode) && !(mode == 0o664 && in_info) {
            odd.push(format!("{} ({mode:04o})", member.path));
        }
    }
    if modes.len() < 2 {
        return;
    }
    if !odd.is_empty() {
        found.add(
            Finding::new(
                Severity::Note,
                Place::file(),
                format!("{} members have permissions of the build machine's umask: {}", odd.len(), some_of(&odd)),
            )
            .details(odd)
            .fix("build with `umask 022`"),
        );
    }
}
