use std::cell::LazyCell;
use std::collections::BTreeSet;

use monowheel_wheel::binary::Format;
use monowheel_wheel::platform::macos;

use crate::facts::Facts;
use crate::finding::{Finding, Place};
use crate::rule::{Found, rule};
use crate::rules::platform::mac::mac_promises;
use crate::rules::platform::reach::Reach;

rule! {
    /// A binary in a universal wheel has no code for one of the two architectures.
    ///
    /// # What it does
    /// Checks *every* Mach-O binary of a wheel tagged `universal2` (or `intel`, `fat64`, …) for a slice of each
    /// architecture that its macOS tags name together.
    ///
    /// # Why it matters
    /// `dlopen` fails with *incompatible architecture* on half of the Macs that install the wheel. Other tools usually
    /// check only the main extension, but a bundled library with one architecture has the same effect. A library that
    /// nothing in the wheel loads is only a warning.
    ///
    /// # Example
    /// A fat `_demo.abi3.so` next to `.dylibs/libfoo.dylib`, copied from an Apple Silicon machine.
    ///
    /// # Fix
    /// Build the library for both (`lipo -create`), or build a wheel for each architecture.
    pub(super) static RULE: "universal2-slice-missing", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let promises = mac_promises(facts);
    // `arch-mismatch` covers tags with a single architecture.
    let universal: Vec<&str> = promises
        .iter()
        .filter(|promise| !["x86_64", "arm64"].contains(&promise.arch.as_str()))
        .map(|promise| promise.tag)
        .collect();
    if universal.is_empty() {
        return;
    }
    let wanted: BTreeSet<_> = promises.iter().flat_map(|promise| macos::slices(&promise.arch)).collect();
    let reach = LazyCell::new(|| Reach::of(facts));
    for binary in facts.binaries.iter().filter(|binary| binary.binary.format == Format::MachO) {
        let slices = &binary.binary.slices;
        let lacks = wanted.iter().filter(|arch| !slices.iter().any(|slice| slice.arch == ***arch));
        let lacks: Vec<&str> = lacks.map(|arch| macos::arch_name(arch)).collect();
        if lacks.is_empty() {
            continue;
        }
        let has: Vec<&str> = slices.iter().map(|slice| macos::arch_name(&slice.arch)).collect();
        let message = format!("has no code for {}, which {} promises", lacks.join(" and "), universal.join(" and "));
        found.add(
            Finding::new(reach.severity(binary), Place::member(&binary.path), message)
                .details([format!("it has {}", has.join(" and "))])
                .fix("build it for both architectures, or build a wheel for each"),
        );
    }
}
