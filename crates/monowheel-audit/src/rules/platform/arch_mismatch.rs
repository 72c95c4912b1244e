use std::cell::LazyCell;

use monowheel_wheel::binary::{Arch, Format};
use monowheel_wheel::platform::PlatformTag;

use crate::facts::{BinaryFacts, Facts};
use crate::finding::{Finding, Place};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::{Promise, promises};
use crate::rules::platform::reach::Reach;

rule! {
    /// A binary is for a different processor architecture than the tag.
    ///
    /// # What it does
    /// Compares the architecture of each binary with that of each platform tag of its system. A fat Mach-O file has to
    /// contain a slice for it. (`universal2` tags have a separate rule.)
    ///
    /// # Why it matters
    /// The loader refuses it, so the import fails on every machine that the tag names. A library that nothing in the
    /// wheel loads is only a warning, since some packages ship the libraries of all architectures.
    ///
    /// # Example
    /// An x86_64 `_demo.abi3.so` in a wheel for `manylinux_2_17_aarch64`.
    ///
    /// # Fix
    /// Build for the target in the tag. After a cross-build, check that no old file was left in the directory.
    pub(super) static RULE: "arch-mismatch", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let promises = promises(facts);
    let reach = LazyCell::new(|| Reach::of(facts));
    // If one macOS tag has several slices, that rule covers all of them.
    let is_single =
        |promise: &&Promise<'_>| !matches!(promise.platform, PlatformTag::Macos { .. }) || promise.arch().is_some();
    let single =
        promises.iter().filter(|promise| promise.format() == Some(Format::MachO)).all(|promise| is_single(&promise));
    for binary in &facts.binaries {
        let format = binary.binary.format;
        if format == Format::MachO && !single {
            continue;
        }
        let of_system = promises.iter().filter(|promise| promise.format() == Some(format));
        let wrong: Vec<&str> = of_system.filter(|promise| !fits(binary, promise)).map(|promise| promise.tag).collect();
        if wrong.is_empty() {
            continue;
        }
        let has: Vec<&str> = binary.binary.slices.iter().map(|slice| slice.arch.name()).collect();
        let message = format!("is {}, which {} does not load", has.join(" and "), wrong.join(" or "));
        found.add(
            Finding::new(reach.severity(binary), Place::member(&binary.path), message)
                .fix("build it for the architecture of the tag"),
        );
    }
}

/// Whether a slice runs on the tag's architecture, or this cannot be determined.
fn fits(binary: &BinaryFacts, promise: &Promise<'_>) -> bool {
    let Some(wanted) = promise.arch() else { return true };
    let runs = |arch: &Arch| match arch {
        // A .NET assembly runs wherever its runtime runs.
        Arch::Other(name) if name == "any-cpu" => true,
        // A DLL for emulation on ARM64 supports both; arm64e is another one, of Apple's own programs.
        Arch::Other(name) => matches!(name.as_str(), "arm64ec" | "arm64x") && wanted != Arch::I686,
        known => *known == wanted,
    };
    binary.binary.slices.iter().any(|slice| runs(&slice.arch))
}
