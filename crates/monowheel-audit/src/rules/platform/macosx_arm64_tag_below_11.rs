use monowheel_wheel::binary::Arch;
use monowheel_wheel::platform::macos;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::mac::mac_promises;
use crate::rules::platform::promise::promises;

rule! {
    /// A tag names a macOS version that does not exist for ARM.
    ///
    /// # What it does
    /// Looks for `macosx_10_…_arm64`. It is an error if all tags of the wheel are like this, otherwise a warning.
    ///
    /// # Why it matters
    /// macOS runs on ARM since 11.0, and installers look for ARM tags only from `macosx_11_0_arm64` on: nobody gets the
    /// wheel (`packaging`, `mac_platforms`). A `universal2` tag may name an older macOS.
    ///
    /// # Example
    /// `macosx_10_9_arm64`, from a deployment target that was set for Intel.
    ///
    /// # Fix
    /// Set `MACOSX_DEPLOYMENT_TARGET=11.0` for ARM, and tag the wheel `macosx_11_0_arm64`.
    pub(super) static RULE: "macosx-arm64-tag-below-11", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let dead = mac_promises(facts);
    let dead: Vec<&str> = dead
        .iter()
        .filter(|promise| promise.arch == "arm64")
        .filter(|promise| macos::oldest(promise.version, &promise.arch, &Arch::Aarch64).is_none())
        .map(|promise| promise.tag)
        .collect();
    if dead.is_empty() {
        return;
    }
    let severity = if dead.len() == promises(facts).len() { Severity::Error } else { Severity::Warning };
    found.add(
        Finding::new(severity, Place::file(), format!("no installer accepts {}", dead.join(" or ")))
            .fix("tag it macosx_11_0_arm64 or later"),
    );
}
