use monowheel_wheel::platform::{apple, macos};

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::mac::{loadable, mac_promises};

rule! {
    /// A binary loads a framework that the oldest macOS of the tag does not have.
    ///
    /// # What it does
    /// Compares the first macOS version of each framework that a Mach-O slice loads (a table built from the `macos`
    /// keys of the objc2 project's framework crates) with every macOS tag that installs this slice. Weak load commands
    /// are ignored, since they may fail.
    ///
    /// # Why it matters
    /// On an older system the import fails: *Library not loaded*. Installers select by the tag, so users get the wheel
    /// anyway.
    ///
    /// # Example
    /// `ScreenCaptureKit`, available since macOS 12.3, in a wheel for `macosx_11_0_arm64`.
    ///
    /// # Fix
    /// Raise `MACOSX_DEPLOYMENT_TARGET` (and with it the tag), or link the framework weakly (`-weak_framework`) and
    /// check at run time whether it is available.
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
                    format!("loads {name}, which is available since macOS {since}, newer than {tag}"),
                    format!("raise MACOSX_DEPLOYMENT_TARGET to {since}, or link it with -weak_framework"),
                ),
                None => (
                    format!("loads {name}, a framework that does not exist on macOS"),
                    "do not link it for macOS".to_owned(),
                ),
            };
            found.add(Finding::new(Severity::Error, binary.place(slice), message).fix(fix));
        }
    }
}
