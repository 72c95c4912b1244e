use std::cell::LazyCell;

use crate::facts::Facts;
use crate::finding::Finding;
use crate::rule::{Found, rule};
use crate::rules::platform::mac::{ios_promises, ios_slices, loadable, mac_promises};
use crate::rules::platform::reach::Reach;

rule! {
    /// A binary for another Apple platform is in a wheel for macOS or iOS.
    ///
    /// # What it does
    /// Reads the platform of each slice (`LC_BUILD_VERSION`, `LC_VERSION_MIN_…`) that a macOS or iOS tag installs. The
    /// iOS simulator is a separate platform (`iphonesimulator`).
    ///
    /// # Why it matters
    /// iOS, its simulator, Catalyst and macOS share the file format and the architectures, but dyld loads only binaries
    /// for the platform of the process: *incompatible platform*.
    ///
    /// # Example
    /// `platform IOSSIMULATOR` in a wheel for `macosx_11_0_arm64`, after a build with the wrong `--target`.
    ///
    /// # Fix
    /// Build for `aarch64-apple-darwin` or `x86_64-apple-darwin`, or tag the wheel `ios_…`.
    pub(super) static RULE: "macho-wrong-platform", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    on_ios(facts, found);
    let promises = mac_promises(facts);
    if promises.is_empty() {
        return;
    }
    let tags: Vec<&str> = promises.iter().map(|promise| promise.tag).collect();
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in loadable(facts) {
        let Some(os) = slice.minimum_os.as_ref().filter(|os| os.platform != "macos") else { continue };
        let message = format!("is built for {} but is in a wheel for {}", os.platform, tags.join(" and "));
        found.add(
            Finding::new(reach.severity(binary), binary.place(slice), message)
                .fix("build it for macOS (`aarch64-apple-darwin`, `x86_64-apple-darwin`)"),
        );
    }
}

fn on_ios(facts: &Facts, found: &mut Found<'_>) {
    let promises = ios_promises(facts);
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in ios_slices(facts) {
        let Some(os) = &slice.minimum_os else { continue };
        let wrong: Vec<&str> =
            promises.iter().filter(|promise| promise.platform != os.platform).map(|promise| promise.tag).collect();
        if !wrong.is_empty() {
            let message = format!("is built for {} but is in a wheel for {}", os.platform, wrong.join(" and "));
            found.add(
                Finding::new(reach.severity(binary), binary.place(slice), message)
                    .fix("build it with the SDK of the tag (`iphoneos` or `iphonesimulator`)"),
            );
        }
    }
}
