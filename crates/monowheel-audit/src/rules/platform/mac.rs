//! The promise of a wheel's macOS tags, for the rules on Mach-O.

use monowheel_wheel::binary::{Arch, Format, Slice};
use monowheel_wheel::platform::{PlatformTag, macos};

use crate::facts::{BinaryFacts, Facts};
use crate::rules::platform::promise::promises;

/// One macOS tag of a wheel's file name.
pub(super) struct MacPromise<'a> {
    /// As written: `macosx_10_12_universal2`.
    pub(super) tag: &'a str,
    /// The oldest macOS.
    pub(super) version: (u16, u16),
    /// `universal2`.
    pub(super) arch: String,
}

/// The macOS tags, without duplicates.
pub(super) fn mac_promises(facts: &Facts) -> Vec<MacPromise<'_>> {
    promises(facts)
        .into_iter()
        .filter_map(|promise| match promise.platform {
            PlatformTag::Macos { version, arch } => Some(MacPromise { tag: promise.tag, version, arch }),
            _ => None,
        })
        .collect()
}

/// One iOS tag of a wheel's file name.
pub(super) struct IosPromise<'a> {
    /// As written: `ios_13_0_arm64_iphoneos`.
    pub(super) tag: &'a str,
    /// The oldest iOS.
    pub(super) version: (u16, u16),
    /// The platform of the binaries, as [`MinimumOs`](monowheel_wheel::binary::MinimumOs) names it.
    pub(super) platform: &'static str,
}

/// The iOS tags, without duplicates.
pub(super) fn ios_promises(facts: &Facts) -> Vec<IosPromise<'_>> {
    promises(facts)
        .into_iter()
        .filter_map(|promise| match promise.platform {
            PlatformTag::Ios { version, simulator, .. } => {
                let platform = if simulator { "ios-simulator" } else { "ios" };
                Some(IosPromise { tag: promise.tag, version, platform })
            }
            _ => None,
        })
        .collect()
}

/// Every Mach-O slice of a wheel for iOS; none if the wheel is for macOS too.
pub(super) fn ios_slices(facts: &Facts) -> impl Iterator<Item = (&BinaryFacts, &Slice)> {
    let is_ios = !ios_promises(facts).is_empty() && mac_promises(facts).is_empty();
    facts.slices().filter(move |(binary, _)| is_ios && binary.binary.format == Format::MachO)
}

/// Every Mach-O slice that a Mac may load: those covered by a macOS tag, and all of them if no tag names an Apple
/// system (a bare file, `any`).
pub(super) fn loadable(facts: &Facts) -> impl Iterator<Item = (&BinaryFacts, &Slice)> {
    let promises = mac_promises(facts);
    let is_undecided = promises.is_empty() && ios_promises(facts).is_empty();
    let served =
        move |arch: &Arch| is_undecided || promises.iter().any(|promise| macos::slices(&promise.arch).contains(arch));
    facts.slices().filter(move |(binary, slice)| binary.binary.format == Format::MachO && served(&slice.arch))
}
