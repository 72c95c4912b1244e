use monowheel_wheel::platform::{apple, macos};

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::mac::{loadable, mac_promises};

rule! {
    /// A binary loads a framework that the oldest macOS of the tag does not have.
    ///
    /// # What it does
    /// Compares the first macOS that has each framework which a Mach-O slice loads (a table made from the `macos` keys
    /// of the objc2 project's framework crates) with every macOS tag that gets this slice installed. Weak load commands
    /// are left out: they may fail.
    ///
    /// # Why it matters
    /// On an older system the import fails: *Library not loaded*. Installers go by the tag, so the user gets the wheel
    /// all the same.
    ///
    /// # Example
    /// `ScreenCaptureKit`, which macOS has from 12.3 on, in a wheel for `macosx_11_0_arm64`.
    ///
    /// # Fix
    /// Raise `MACOSX_DEPLOYMENT_TARGET` (and with it the tag), or link the framework weakly (`-weak_framework`) and check
    /// at run time that it is there.
    pub(super) static RULE: "macho-framework-too-new", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let promises = mac_promises(facts);
    for (binary, slice) in loadable(facts) {
        let oldest = promises
            .iter()
            .filter_map(|promise| macos::oldest(promise.version, &promise.arch, &slice.arch).zip(Some(promise.tag)))
            .min();
        let Some((oldest, tag)) = oldest else { continue };
        for library in slice.libraries.iter().filter(|library| !library.weak) {
            let Some(framework) = apple::loaded_framework(&library.name) else { continue };
            if framework.is_in(oldest) {
                continue;
            }
            let name = framework.name;
            let (message, fix) = match framework.since_text() {
                Some(since) => (
                    format!("loads {name}, which macOS has from {since} on, newer than {tag}"),
                    format!("raise MACOSX_DEPLOYMENT_TARGET to {since}, or link it with -weak_framework"),
                ),
                None => (format!("loads {name}, a framework that no macOS has"), "do not link it for macOS".to_owned()),
            };
            found.add(Finding::new(Severity::Error, binary.place(slice), message).fix(fix));
        }
    }
}
