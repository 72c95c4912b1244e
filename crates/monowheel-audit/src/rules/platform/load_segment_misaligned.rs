use std::cell::LazyCell;

use monowheel_wheel::binary::{Arch, Format};
use monowheel_wheel::platform::PlatformTag;

use crate::facts::{Facts, Role};
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::reach::Reach;

rule! {
    /// A binary's segments are not laid out as loaders require, or for smaller pages than some kernels use.
    ///
    /// # What it does
    /// Compares the alignment of the `LOAD` segments with the largest page size that kernels of the architecture are
    /// configured with: 64 KiB for aarch64 and ppc64le, 16 KiB for loongarch64, 4 KiB for the others. Android 15 and
    /// later use 16 KiB on their 64-bit architectures. A segment whose address and file offset are not congruent modulo
    /// its own alignment is an error: no system can map it. So are segments that are not sorted by address: loaders take
    /// the size of the file in memory from the first and the last one.
    ///
    /// # Why it matters
    /// On a kernel with larger pages the import fails: *ELF load command alignment not page-aligned*. RHEL and CentOS 7
    /// and 8 use 64 KiB on aarch64 and ppc64le, Asahi Linux uses 16 KiB. Google Play refuses apps for Android 15 with
    /// libraries aligned to 4 KiB.
    ///
    /// # Example
    /// `-Wl,-z,max-page-size=4096` for aarch64; a library that an old patchelf rewrote with 4 KiB,
    /// or whose segments it left unsorted.
    ///
    /// # Fix
    /// Link with `-Wl,-z,max-page-size=65536` (the default of GNU ld and lld for these architectures), and use patchelf
    /// 0.18 or later with `--page-size 65536`.
    pub(super) static RULE: "load-segment-misaligned", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let is_android = facts.tags().iter().any(|tag| matches!(tag.platform(), PlatformTag::Android { .. }));
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in facts.slices().filter(|(binary, _)| binary.binary.format == Format::Elf) {
        if binary.role == Role::Program {
            continue;
        }
        let (severity, message) = if slice.link.is_incongruent {
            let message = "has a LOAD segment whose address and file offset are not congruent: no system can map it";
            (reach.severity(binary), message.to_owned())
        } else if slice.link.is_unsorted {
            let message = "has LOAD segments that are not sorted by address: loaders map too little of it, and crash";
            (reach.severity(binary), message.to_owned())
        } else if let Some(alignment) =
            slice.link.small_alignment.filter(|it| *it < largest_page(&slice.arch, is_android))
        {
            let severity = reach.severity(binary).min(Severity::Warning);
            let message = format!(
                "has LOAD segments aligned to {alignment} bytes: {} kernels with larger pages cannot load it",
                slice.arch
            );
            (severity, message)
        } else {
            continue;
        };
        let fix = match is_android {
            _ if slice.link.is_unsorted => "rewrite it with patchelf 0.18 or later, or link it again",
            true => "link with `-Wl,-z,max-page-size=16384`, as the NDK does since r28",
            false => "link with `-Wl,-z,max-page-size=65536`; rewrite it with patchelf 0.18 or later",
        };
        found.add(Finding::new(severity, binary.place(slice), message).fix(fix));
    }
}

/// The largest page size that kernels of an architecture are configured with: `MAXPAGESIZE` of the linkers, and for
/// Android <https://developer.android.com/guide/practices/page-sizes>.
const fn largest_page(arch: &Arch, is_android: bool) -> u64 {
    match (arch, is_android) {
        (Arch::Aarch64 | Arch::X86_64, true) | (Arch::Loongarch64, false) => 0x4000,
        (Arch::Aarch64 | Arch::Ppc64le, false) => 0x1_0000,
        _ => 0x1000,
    }
}
