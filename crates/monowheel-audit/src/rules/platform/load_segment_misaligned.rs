use std::cell::LazyCell;

use monowheel_wheel::binary::Format;
use monowheel_wheel::platform::PlatformTag;

use crate::facts::{Facts, Role};
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::reach::Reach;

rule! {
    /// A binary is laid out for smaller pages than some kernels of its processor have.
    ///
    /// # What it does
    /// Compares the alignment of the `LOAD` segments with the largest page that kernels of the processor are
    /// configured with: 64 KiB for aarch64 and ppc64le, 16 KiB for loongarch64, 4 KiB for the others. A segment whose
    /// address and offset in the file differ within its own alignment is an error: no system can map it.
    ///
    /// # Why it matters
    /// On a kernel with larger pages the import fails: *ELF load command alignment not page-aligned*. RHEL and CentOS
    /// 7 and 8 have 64 KiB on aarch64 and ppc64le, Asahi Linux has 16 KiB.
    ///
    /// # Example
    /// `-Wl,-z,max-page-size=4096` for aarch64; a library that an old patchelf rewrote with 4 KiB.
    ///
    /// # Fix
    /// Link with `-Wl,-z,max-page-size=65536` (the default of GNU ld and lld for these processors), and use a patchelf
    /// of 0.18 or later with `--page-size 65536`.
    pub(super) static RULE: "load-segment-misaligned", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    // Pages of Android are of 4 or 16 KiB, of which another rule speaks.
    if facts.tags().iter().any(|tag| matches!(tag.platform(), PlatformTag::Android { .. })) {
        return;
    }
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in facts.slices().filter(|(binary, _)| binary.binary.format == Format::Elf) {
        if binary.role == Role::Program {
            continue;
        }
        let (severity, message) = if slice.link.is_incongruent {
            let message = "has a LOAD segment whose address and offset do not fit together: no system can map it";
            (reach.severity(binary), message.to_owned())
        } else if let Some(alignment) = slice.link.small_alignment {
            let severity = reach.severity(binary).min(Severity::Warning);
            let message = format!(
                "has LOAD segments aligned to {alignment} bytes: {} kernels with larger pages do not load it",
                slice.arch
            );
            (severity, message)
        } else {
            continue;
        };
        let fix = "link with `-Wl,-z,max-page-size=65536`; rewrite it with a patchelf of 0.18 or later";
        found.add(Finding::new(severity, binary.place(slice), message).fix(fix));
    }
}
