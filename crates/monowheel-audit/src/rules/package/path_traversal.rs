use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// A member would be installed outside the folder of the install.
    ///
    /// # What it does
    /// Follows the parts of each name; `/` and `\` both part folders. A name that is absolute or begins with a drive
    /// leaves it too.
    ///
    /// # Why it matters
    /// pip stops, uv drops the file, and an older tool overwrites whatever is there.
    ///
    /// # Example
    /// `demo/../../evil.pth`, `/etc/profile.d/evil.sh`, `C:/Windows/evil.dll`.
    ///
    /// # Fix
    /// Store names relative to the top of the wheel. Files for the environment belong into `NAME-VERSION.data/`.
    pub(super) static RULE: "path-traversal", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) =
        ("members lead out of the folder of the install", "store each name relative to the top of the wheel");
    oddities::tell(facts, found, &[OddityKind::Traversal], Severity::Error, plural, fix);
}
