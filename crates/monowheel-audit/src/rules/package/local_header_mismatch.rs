use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// A member's own header says something else than the directory.
    ///
    /// # What it does
    /// Compares the name, the sizes, the CRC, the compression method and the flags of each local header with those of
    /// the central directory, those of 64 bits included, and a data descriptor with both.
    ///
    /// # Why it matters
    /// pip believes the directory, uv what comes first: the same file installs as two different packages. PyPI refuses
    /// it (warehouse `utils/zipfiles.py`), uv does too.
    ///
    /// # Example
    /// A member that is `setup.py` in the directory and `demo/__init__.py` in its header.
    ///
    /// # Fix
    /// Write the archive anew with an ordinary zip writer. No writer does this by itself.
    pub(super) static RULE: "local-header-mismatch", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = (
        "members have a header of their own that says something else",
        "write the archive anew with an ordinary zip writer",
    );
    oddities::tell(facts, found, &[OddityKind::LocalMismatch], Severity::Error, plural, fix);
}
