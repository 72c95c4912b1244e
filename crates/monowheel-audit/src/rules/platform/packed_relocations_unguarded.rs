use std::cell::LazyCell;

use monowheel_wheel::binary::Format;
use monowheel_wheel::platform::Libc;

use crate::facts::{Facts, Role};
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::{linux_promises, promises};
use crate::rules::platform::reach::Reach;

rule! {
    /// A binary has packed relocations that the C library of the tag ignores.
    ///
    /// # What it does
    /// Looks for `DT_RELR` without the required version `GLIBC_ABI_DT_RELR`, which makes old systems refuse the file
    /// (`glibc-above-policy` reports that case), in binaries of manylinux wheels below 2.36, of musllinux wheels (a
    /// note), and of wheels for Android below API level 30.
    ///
    /// # Why it matters
    /// glibc before 2.36, musl before 1.2.4 and Android before 11 do not know `DT_RELR`. They load the file without
    /// relocating its pointers, and the process crashes when one is used.
    ///
    /// # Example
    /// `-Wl,-z,pack-relative-relocs` with lld, mold or zig, which do not add the version.
    ///
    /// # Fix
    /// Link without `-z pack-relative-relocs` (lld: `--pack-dyn-relocs=none`), or tag the wheel `manylinux_2_36`.
    pub(super) static RULE: "packed-relocations-unguarded", Platform, Error, One(check);
}

/// The first glibc that applies them.
const GLIBC: (u16, u16) = (2, 36);

/// The first API level of Android that does (bionic, `android-changes-for-ndk-developers.md`).
const ANDROID: u16 = 30;

fn check(facts: &Facts, found: &mut Found<'_>) {
    let linux = linux_promises(facts);
    let phones = promises(facts).into_iter().filter_map(|promise| Some((promise.android()?, promise.tag))).min();
    let old_phone = phones.filter(|(api, _)| *api < ANDROID);
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in facts.slices().filter(|(binary, _)| binary.binary.format == Format::Elf) {
        let guarded = slice.versions.iter().any(|need| need.version == "GLIBC_ABI_DT_RELR");
        if !slice.link.packed_relocations || guarded || binary.role == Role::Program {
            continue;
        }
        let of_arch = || linux.iter().filter(|promise| promise.arch == slice.arch);
        let old = of_arch().find(|promise| promise.libc == Libc::Manylinux && promise.version < GLIBC);
        let musl = of_arch().find(|promise| promise.libc == Libc::Musllinux);
        let (severity, tag, system) = match (old, musl) {
            _ if old_phone.is_some() => {
                (reach.severity(binary), old_phone.map_or("", |(_, tag)| tag), "Android before API level 30")
            }
            (Some(promise), _) => (reach.severity(binary), promise.tag, "glibc before 2.36"),
            // Systems with an older one (Alpine 3.18) no longer get updates, and the images for the tag build such
            // files.
            (None, Some(promise)) => (Severity::Note, promise.tag, "musl before 1.2.4"),
            (None, None) => continue,
        };
        let message = format!(
            "has packed relative relocations (DT_RELR), which {system} ignores and then crashes; the tag is {tag}"
        );
        let fix = match old_phone {
            Some(_) => "link without `-z pack-relative-relocs` (`--pack-dyn-relocs=none`), or build for API level 30",
            None => "link without `-z pack-relative-relocs`, or tag the wheel manylinux_2_36",
        };
        found.add(Finding::new(severity, binary.place(slice), message).fix(fix));
    }
}
