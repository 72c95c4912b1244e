//! What the macOS tags of a wheel promise, for the rules on Mach-O.

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

/// The macOS tags, each once.
pub(super) fn mac_promises(facts: &Facts) -> Vec<MacPromise<'_>> {
    promises(facts)
        .into_iter()
        .filter_map(|promise| match promise.platform {
            PlatformTag::Macos { version, arch } => Some(MacPromise { tag: promise.tag, version, arch }),
            _ => None,
        })
        .collect()
}

/// Every Mach-O slice that somebody may load: those for which a macOS tag speaks, and all where no tag names
/// macOS (a bare file, `any`).
pub(super) fn loadable(facts: &Facts) -> impl Iterator<Item = (&BinaryFacts, &Slice)> {
    let promises = mac_promises(facts);
    let served = move |arch: &Arch| {
        promises.is_empty() || promises.iter().any(|promise| macos::slices(&promise.arch).contains(arch))
    };
    facts.slices().filter(move |(binary, slice)| binary.binary.format == Format::MachO && served(&slice.arch))
}
