use std::cell::LazyCell;

use monowheel_wheel::platform::macos;

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::mac::{loadable, mac_promises};
use crate::rules::platform::reach::Reach;

rule! {
    /// A macOS binary has chained fixups, which the oldest macOS of its tag cannot read.
    ///
    /// # What it does
    /// Compares `LC_DYLD_CHAINED_FIXUPS` with the oldest macOS on which a tag installs the slice. dyld of 10.15 and
    /// later reads them; linkers write them for 11 and later.
    ///
    /// # Why it matters
    /// Older systems do not know the load command, which is marked as required: *unknown required load command
    /// 0x80000034*.
    ///
    /// # Example
    /// A wheel for `macosx_10_12_x86_64` that was linked with `-Wl,-fixup_chains`, or retagged.
    ///
    /// # Fix
    /// Link with the deployment target of the tag (`MACOSX_DEPLOYMENT_TARGET=10.12`) or `-Wl,-no_fixup_chains`, or
    /// raise the tag to what the binary needs.
    pub(super) static RULE: "chained-fixups-too-new", Platform, Error, One(check);
}

/// The first macOS that reads them, and the first for which linkers write them.
const READ: (u16, u16) = (10, 15);
const WRITTEN: (u16, u16) = (11, 0);

fn check(facts: &Facts, found: &mut Found<'_>) {
    let promises = mac_promises(facts);
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in loadable(facts).filter(|(_, slice)| slice.link.chained_fixups) {
        let oldest = promises
            .iter()
            .filter_map(|promise| Some((macos::oldest(promise.version, &promise.arch, &slice.arch)?, promise.tag)))
            .min();
        let Some((version, tag)) = oldest.filter(|(version, _)| *version < WRITTEN) else { continue };
        let severity = if version < READ { reach.severity(binary) } else { Severity::Note };
        let message = format!(
            "has chained fixups, which macOS before 10.15 cannot read; {tag} promises {}.{}",
            version.0, version.1
        );
        let fix = format!("link with MACOSX_DEPLOYMENT_TARGET={}.{} or `-Wl,-no_fixup_chains`", version.0, version.1);
        found.add(Finding::new(severity, binary.place(slice), message).fix(fix));
    }
}
