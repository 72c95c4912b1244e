use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// A member is a link, a device or another special file.
    ///
    /// # What it does
    /// Checks the file type in the Unix mode of each member.
    ///
    /// # Why it matters
    /// Wheels cannot contain links: installers (pip, uv) write a text file with the link's target, and the linked file
    /// is missing.
    ///
    /// # Example
    /// `demo/libdemo.so` as a symbolic link to `libdemo.so.1`.
    ///
    /// # Fix
    /// Ship the file itself; zip writers follow links when asked (`zip` without `-y`).
    pub(super) static RULE: "special-file", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = ("members are not regular files", "ship the file itself instead of a link to it");
    oddities::tell(facts, found, &[OddityKind::SpecialFile], Severity::Warning, plural, fix);
}
