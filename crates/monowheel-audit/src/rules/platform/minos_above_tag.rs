use monowheel_wheel::platform::macos;

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::mac::{ios_promises, ios_slices, loadable, mac_promises};

rule! {
    /// A binary needs a newer macOS or iOS than the tag promises.
    ///
    /// # What it does
    /// Compares the deployment target of each slice (`LC_BUILD_VERSION`, `LC_VERSION_MIN_MACOSX`) with every macOS tag
    /// that installs this slice. ARM slices are compared with 11.0 at least, since no installer offers them to an older
    /// system. From 11 on only major versions count, since tags have no others. The same applies to iOS tags.
    ///
    /// # Why it matters
    /// The compiler and the linker may use features of the newer system: functions that the old one does not have
    /// (*Symbol not found*) or load commands that its dyld does not know. Installers select by the tag, so users get
    /// the wheel anyway. It is a warning, since dyld itself does not compare versions: a binary that uses nothing new
    /// still loads.
    ///
    /// # Example
    /// `minos 10.13` in the x86_64 slice of a wheel for `macosx_10_9_universal2`.
    ///
    /// # Fix
    /// Set `MACOSX_DEPLOYMENT_TARGET` to the tag's version for everything that is linked, or use the tag that the
    /// binary needs (`delocate-wheel` renames it).
    pub(super) static RULE: "minos-above-tag", Platform, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    on_ios(facts, found);
    let promises = mac_promises(facts);
    for (binary, slice) in loadable(facts) {
        let Some(minimum) = slice.minimum_os.as_ref().filter(|os| os.platform == "macos") else { continue };
        let too_old = promises.iter().filter(|promise| {
            let oldest = macos::oldest(promise.version, &promise.arch, &slice.arch);
            oldest.is_some_and(|oldest| macos::tellable(minimum.version) > macos::tellable(oldest))
        });
        let tags: Vec<&str> = too_old.map(|promise| promise.tag).collect();
        if tags.is_empty() {
            continue;
        }
        let (major, minor) = minimum.version;
        let message = format!("is built for macOS {major}.{minor} and later, newer than {}", tags.join(" and "));
        found.add(
            Finding::new(Severity::Warning, binary.place(slice), message)
                .fix("build it with the tag's MACOSX_DEPLOYMENT_TARGET, or use the tag of the version it needs"),
        );
    }
}

fn on_ios(facts: &Facts, found: &mut Found<'_>) {
    let promises = ios_promises(facts);
    for (binary, slice) in ios_slices(facts) {
        let Some(minimum) = &slice.minimum_os else { continue };
        let too_old = promises
            .iter()
            .filter(|promise| promise.platform == minimum.platform && minimum.version > promise.version)
            .map(|promise| promise.tag);
        let tags: Vec<&str> = too_old.collect();
        if !tags.is_empty() {
            let (major, minor) = minimum.version;
            let message = format!("is built for iOS {major}.{minor} and later, newer than {}", tags.join(" and "));
            found.add(
                Finding::new(Severity::Warning, binary.place(slice), message)
                    .fix("build it with the tag's IPHONEOS_DEPLOYMENT_TARGET, or use the tag of the version it needs"),
            );
        }
    }
}
