use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// A member would be installed outside the installation directory.
    ///
    /// # What it does
    /// Follows the components of each name; both `/` and `\` count as separators. Absolute names and names that begin
    /// with a drive are outside too.
    ///
    /// # Why it matters
    /// pip stops, uv drops the file, and an older tool overwrites whatever is there.
    ///
    /// # Example
    /// `demo/../../evil.pth`, `/etc/profile.d/evil.sh`, `C:/Windows/evil.dll`.
    ///
    /// # Fix
    /// Store names relative to the top of the wheel. Files for the environment belong in `NAME-VERSION.data/`.
    pub(super) static RULE: "path-traversal", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) =
        ("members lead out of the installation directory", "store each name relative to the top of the wheel");
    oddities::tell(facts, found, &[OddityKind::Traversal], Severity::Error, plural, fix);
}
