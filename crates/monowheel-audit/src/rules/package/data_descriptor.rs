use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// A member's sizes are written after its data.
    ///
    /// # What it does
    /// Checks bit 3 of the flags, in the central directory and in each local header.
    ///
    /// # Why it matters
    /// PyPI refuses such files (warehouse `utils/zipfiles.py`): a reader that streams the archive cannot know where the
    /// member ends.
    ///
    /// # Example
    /// `zip -` and other writers that cannot seek in their output.
    ///
    /// # Fix
    /// Write the archive to a seekable file.
    pub(super) static RULE: "data-descriptor", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) =
        ("members have their sizes after their data", "write the archive to a seekable file, not to a pipe");
    oddities::tell(facts, found, &[OddityKind::DataDescriptor], Severity::Error, plural, fix);
}
