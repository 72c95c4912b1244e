//! The promises of macOS tags, as `packaging` 24 (`mac_platforms`) and all installers interpret them.

use crate::binary::Arch;

/// The first macOS on ARM. No installer uses an ARM slice for an older one, whatever the tag.
const FIRST_ARM: (u16, u16) = (11, 0);

/// The slices that a binary needs under a tag's last part (`universal2`). Those of 32 bits and of PowerPC,
/// which `intel` and `fat` once meant too, run on no macOS that has a CPython of 3.8 or later.
#[must_use]
pub fn slices(tag_arch: &str) -> &'static [Arch] {
    match tag_arch {
        "arm64" => &[Arch::Aarch64],
        "universal2" => &[Arch::X86_64, Arch::Aarch64],
        "x86_64" | "intel" | "fat64" | "fat32" | "universal" => &[Arch::X86_64],
        _ => &[],
    }
}

/// The oldest macOS on which a tag gets a slice of this architecture installed; `None` when it never does.
#[must_use]
pub fn oldest(version: (u16, u16), tag_arch: &str, slice: &Arch) -> Option<(u16, u16)> {
    if !slices(tag_arch).contains(slice) {
        return None;
    }
    match slice {
        Arch::Aarch64 if tag_arch == "universal2" => Some(version.max(FIRST_ARM)),
        Arch::Aarch64 => (version >= FIRST_ARM).then_some(version),
        _ => Some(version),
    }
}

/// A minimum as a tag can express it: from 11 on, tags have no minor versions, and 10.16 is another name of 11.
#[must_use]
pub const fn tellable(minimum: (u16, u16)) -> (u16, u16) {
    match minimum {
        (10, 16) => FIRST_ARM,
        (major @ 11.., _) => (major, 0),
        older => older,
    }
}

/// Whether a library comes with macOS, as far as its path shows.
#[must_use]
pub fn is_system(library: &str) -> bool {
    ["/usr/lib/", "/System/Library/"].iter().any(|folder| library.starts_with(folder))
}

/// The Mac's name for the architecture.
#[must_use]
pub fn arch_name(arch: &Arch) -> &str {
    match arch {
        Arch::Aarch64 => "arm64",
        Arch::I686 => "i386",
        other => other.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arm_slice_is_never_installed_below_11() {
        for (version, arch, slice, expected) in [
            ((10, 12), "universal2", Arch::Aarch64, Some((11, 0))),
            ((10, 12), "universal2", Arch::X86_64, Some((10, 12))),
            ((12, 0), "universal2", Arch::Aarch64, Some((12, 0))),
            ((11, 0), "arm64", Arch::Aarch64, Some((11, 0))),
            ((10, 9), "arm64", Arch::Aarch64, None),
            ((10, 9), "x86_64", Arch::Aarch64, None),
            ((10, 9), "intel", Arch::X86_64, Some((10, 9))),
            ((10, 9), "intel", Arch::I686, None),
        ] {
            assert_eq!(oldest(version, arch, &slice), expected, "{version:?} {arch} {slice}");
        }
    }

    #[test]
    fn tags_have_no_minor_versions_from_11_on() {
        assert_eq!(tellable((12, 3)), (12, 0));
        assert_eq!(tellable((10, 16)), (11, 0));
        assert_eq!(tellable((10, 13)), (10, 13));
    }
}
