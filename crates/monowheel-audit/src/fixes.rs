//! What `monowheel audit --fix` can change, rule by rule. The changes themselves are in monowheel-build (`fix`).

use crate::rules::security::run_path_to_build_folder::{Problem, problem_of};

/// Whether a change can make a wheel worse for anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// What the wheel does stays the same wherever it worked.
    Safe,
    /// It may hide that the wheel is not what its builder made, or change what it does somewhere.
    Unsafe,
}

/// The fix of a rule's findings.
#[derive(Clone, Copy, Debug)]
pub struct Fix {
    /// The rule.
    pub rule: &'static str,
    /// Whether it is made without `--unsafe-fixes`.
    pub safety: Safety,
    /// What it does: "writes RECORD again".
    pub what: &'static str,
}

/// Every fix, sorted by rule.
pub const FIXES: &[Fix] = &[
    safe("data-descriptor", ARCHIVE),
    safe("debug-info", "removes the debug sections of ELF libraries, and keeps the build ID"),
    safe("duplicate-run-path", "removes the second `LC_RPATH` of a path"),
    safe("library-unresolvable", "adds the run path `$ORIGIN/…` to a library that the wheel ships"),
    safe("macho-signature-missing", "signs the code for arm64 ad hoc, as a linker does"),
    safe("pe-timestamp", "replaces the time stamps of a DLL with hashes of its content"),
    safe("purelib-with-binary", "states the true `Root-Is-Purelib`"),
    safe("record-ghost-file", RECORD),
    unsafe_("record-hash-mismatch", "writes RECORD again, and takes the files as they are now"),
    safe("record-hash-weak", RECORD),
    safe("record-malformed", RECORD),
    safe("record-missing-file", RECORD),
    unsafe_("record-size-mismatch", "writes RECORD again, and takes the files as they are now"),
    safe("run-path-to-build-folder", "removes run paths that lead to a folder of the build"),
    safe("sbom-serial-random", "makes the serial number of an SBOM from its content"),
    safe("sbom-timestamp", "removes the time from an SBOM"),
    safe("shebang-of-build-machine", "lets a script begin with `#!python`, which installers replace"),
    safe("tag-set-unsorted", "sorts the tags of the file name"),
    safe("tags-mismatch", "writes the tags of the file name into `WHEEL`"),
    safe("zip-modes-vary", ARCHIVE),
    safe("zip-order", ARCHIVE),
    safe("zip-times-vary", ARCHIVE),
];

const ARCHIVE: &str = "writes the archive again: one order, one time, two modes";
const RECORD: &str = "writes RECORD again";

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

/// Whether a run path leads to a folder of the machine that built the library.
#[must_use]
pub fn is_of_a_build(run_path: &str) -> bool {
    problem_of(run_path) == Some(Problem::Build)
}

impl Fix {
    /// What a person is told about it, a sentence.
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
