//! The changes that `monowheel audit --fix` can make, by rule. They are implemented in monowheel-build (`fix`).

use crate::rules::security::run_path_to_build_folder::{Problem, problem_of};

/// Whether a change can make a wheel worse for any user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// The wheel behaves the same wherever it worked.
    Safe,
    /// The change may hide that the wheel was modified after the build, or alter its behavior somewhere.
    Unsafe,
}

/// The fix of a rule's findings.
#[derive(Clone, Copy, Debug)]
pub struct Fix {
    /// The rule.
    pub rule: &'static str,
    /// Whether it is applied without `--unsafe-fixes`.
    pub safety: Safety,
    /// What it does: "rewrites RECORD".
    pub what: &'static str,
}

/// Every fix, sorted by rule.
pub const FIXES: &[Fix] = &[
    safe("data-descriptor", ARCHIVE),
    safe("debug-info", "removes the debug sections of ELF libraries but keeps the build ID"),
    safe("duplicate-run-path", "removes the duplicate `LC_RPATH` of a path"),
    safe("library-unresolvable", "adds the run path `$ORIGIN/…` for a library that the wheel ships"),
    safe("macho-signature-missing", "signs arm64 code ad hoc, as a linker does"),
    safe("pe-timestamp", "replaces the timestamps of a DLL with hashes of its content"),
    safe("purelib-with-binary", "corrects `Root-Is-Purelib`"),
    safe("record-ghost-file", RECORD),
    unsafe_("record-hash-mismatch", "rewrites RECORD for the current content of the files"),
    safe("record-hash-weak", RECORD),
    safe("record-malformed", RECORD),
    safe("record-missing-file", RECORD),
    unsafe_("record-size-mismatch", "rewrites RECORD for the current content of the files"),
    safe("run-path-to-build-folder", "removes run paths to build directories"),
    safe("sbom-serial-random", "derives the serial number of an SBOM from its content"),
    safe("sbom-timestamp", "removes the time from an SBOM"),
    safe("script-line-endings", "gives a script LF line endings"),
    safe("script-not-runnable", "makes a script begin with `#!python`, or removes its byte order mark"),
    safe("shebang-of-build-machine", "makes a script begin with `#!python`, which installers replace"),
    safe("tag-set-unsorted", "sorts the tags of the file name"),
    safe("tags-mismatch", "writes the tags of the file name into `WHEEL`"),
    safe("zip-modes-vary", ARCHIVE),
    safe("zip-order", ARCHIVE),
    safe("zip-times-vary", ARCHIVE),
];

const ARCHIVE: &str = "rewrites the archive with one order, one time and two modes";
const RECORD: &str = "rewrites RECORD";

const fn safe(rule: &'static str, what: &'static str) -> Fix {
    Fix { rule, safety: Safety::Safe, what }
}

const fn unsafe_(rule: &'static str, what: &'static str) -> Fix {
    Fix { rule, safety: Safety::Unsafe, what }
}

/// The fix of a rule, if there is one.
#[must_use]
pub fn of(rule: &str) -> Option<&'static Fix> {
    FIXES.binary_search_by(|fix| fix.rule.cmp(rule)).ok().and_then(|at| FIXES.get(at))
}

/// Whether a run path leads to a directory of the machine that built the library.
#[must_use]
pub fn is_of_a_build(run_path: &str) -> bool {
    problem_of(run_path) == Some(Problem::Build)
}

impl Fix {
    /// Its description for users, as a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let options = match self.safety {
            Safety::Safe => "--fix",
            Safety::Unsafe => "--fix --unsafe-fixes",
        };
        format!("`monowheel audit {options}` {}.", self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn each_fix_is_of_a_rule_and_the_table_is_sorted() {
        assert!(FIXES.is_sorted_by(|a, b| a.rule < b.rule));
        assert!(FIXES.iter().all(|fix| rules::find(fix.rule).is_some()));
        assert!(of("zip-order").is_some() && of("zip").is_none());
    }
}
