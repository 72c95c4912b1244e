use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// A local file header disagrees with the central directory.
    ///
    /// # What it does
    /// Compares the name, the sizes (including 64-bit ones), the CRC, the compression method and the flags of each
    /// local header with those of the central directory, and a data descriptor with both.
    ///
    /// # Why it matters
    /// pip reads the central directory, a streaming reader such as uv reads the local headers: the same file can
    /// install as two different packages. PyPI (warehouse `utils/zipfiles.py`) and uv refuse it.
    ///
    /// # Example
    /// A member that is `setup.py` in the central directory and `demo/__init__.py` in its local header.
    ///
    /// # Fix
    /// Rebuild the archive with a standard zip writer. No writer produces this by accident.
    pub(super) static RULE: "local-header-mismatch", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = (
        "members have a local header that disagrees with the central directory",
        "rebuild the archive with a standard zip writer",
    );
    oddities::tell(facts, found, &[OddityKind::LocalMismatch], Severity::Error, plural, fix);
}
