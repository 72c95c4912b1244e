//! Platform tags (binary distribution format; PEP 600, 656, and the macOS and Windows ones).

use crate::binary::Arch;
use crate::platform::pyodide::{self, AbiVersion};

/// The C library of a Linux tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Libc {
    /// glibc.
    Manylinux,
    /// musl.
    Musllinux,
}

/// A parsed platform tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlatformTag {
    /// `any`.
    Any,
    /// `manylinux_2_17_x86_64` (or a legacy alias of it), `musllinux_1_2_aarch64`.
    Linux {
        /// Which C library.
        libc: Libc,
        /// Its version.
        version: (u16, u16),
        /// The architecture.
        arch: Arch,
    },
    /// `linux_x86_64`: the machine that built it, no other.
    BareLinux {
        /// The architecture.
        arch: Arch,
    },
    /// `macosx_11_0_arm64`, `macosx_10_12_universal2`.
    Macos {
        /// The oldest macOS.
        version: (u16, u16),
        /// `x86_64`, `arm64`, `universal2`, `intel`, …
        arch: String,
    },
    /// `win32`, `win_amd64`, `win_arm64`.
    Windows {
        /// The architecture.
        arch: Arch,
    },
    /// `pyemscripten_2026_0_wasm32`: one ABI of Pyodide (PEP 783).
    Pyemscripten {
        /// Its version.
        version: AbiVersion,
    },
    /// `ios_13_0_arm64_iphoneos`, `ios_13_0_x86_64_iphonesimulator` (PEP 730).
    Ios {
        /// The oldest iOS.
        version: (u16, u16),
        /// The architecture.
        arch: Arch,
        /// For the simulator on a Mac instead of a device.
        simulator: bool,
    },
    /// `android_24_arm64_v8a` (PEP 738).
    Android {
        /// The oldest API level.
        api: u16,
        /// The architecture.
        arch: Arch,
    },
    /// Anything else (nonsense).
    Other(String),
}

impl PlatformTag {
    /// Parses one platform tag (not a compressed set). Never fails: unknown tags are `Other`.
    #[must_use]
    pub fn parse(tag: &str) -> Self {
        let version_and_arch = |rest: &str| -> Option<((u16, u16), String)> {
            let mut parts = rest.splitn(3, '_');
            let version = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            Some((version, parts.next()?.to_owned()))
        };
        let linux = |libc, rest: &str| {
            let (version, arch) = version_and_arch(rest)?;
            Some(Self::Linux { libc, version, arch: Arch::from_tag(&arch) })
        };
        let legacy =
            |version, arch: &str| Some(Self::Linux { libc: Libc::Manylinux, version, arch: Arch::from_tag(arch) });
        let parsed = match tag {
            "any" => Some(Self::Any),
            "win32" => Some(Self::Windows { arch: Arch::I686 }),
            _ => None,
        };
        parsed
            .or_else(|| linux(Libc::Manylinux, tag.strip_prefix("manylinux_")?))
            .or_else(|| linux(Libc::Musllinux, tag.strip_prefix("musllinux_")?))
            .or_else(|| legacy((2, 5), tag.strip_prefix("manylinux1_")?))
            .or_else(|| legacy((2, 12), tag.strip_prefix("manylinux2010_")?))
            .or_else(|| legacy((2, 17), tag.strip_prefix("manylinux2014_")?))
            .or_else(|| Some(Self::BareLinux { arch: Arch::from_tag(tag.strip_prefix("linux_")?) }))
            .or_else(|| Some(Self::Windows { arch: Arch::from_tag(tag.strip_prefix("win_")?) }))
            .or_else(|| Some(Self::Pyemscripten { version: pyodide::version_of(tag)? }))
            .or_else(|| {
                let (version, arch) = version_and_arch(tag.strip_prefix("macosx_")?)?;
                Some(Self::Macos { version, arch })
            })
            .or_else(|| {
                let (version, rest) = version_and_arch(tag.strip_prefix("ios_")?)?;
                let (arch, sdk) = rest.rsplit_once('_')?;
                let simulator = match sdk {
                    "iphoneos" => false,
                    "iphonesimulator" => true,
                    _ => return None,
                };
                Some(Self::Ios { version, arch: Arch::from_tag(arch), simulator })
            })
            .or_else(|| {
                let (api, abi) = tag.strip_prefix("android_")?.split_once('_')?;
                Some(Self::Android { api: api.parse().ok()?, arch: android(abi)? })
            })
            .unwrap_or_else(|| Self::Other(tag.to_owned()))
    }
}

/// The architecture of an Android ABI, dashes replaced (<https://developer.android.com/ndk/guides/abis>).
fn android(abi: &str) -> Option<Arch> {
    Some(match abi {
        "arm64_v8a" => Arch::Aarch64,
        "armeabi_v7a" => Arch::Armv7l,
        "x86" => Arch::I686,
        "x86_64" => Arch::X86_64,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_every_kind() {
        let linux = |libc, version, arch| PlatformTag::Linux { libc, version, arch };
        for (tag, expected) in [
            ("any", PlatformTag::Any),
            ("manylinux_2_17_x86_64", linux(Libc::Manylinux, (2, 17), Arch::X86_64)),
            ("manylinux2014_aarch64", linux(Libc::Manylinux, (2, 17), Arch::Aarch64)),
            ("manylinux1_i686", linux(Libc::Manylinux, (2, 5), Arch::I686)),
            ("musllinux_1_2_armv7l", linux(Libc::Musllinux, (1, 2), Arch::Armv7l)),
            ("linux_x86_64", PlatformTag::BareLinux { arch: Arch::X86_64 }),
            ("macosx_10_12_universal2", PlatformTag::Macos { version: (10, 12), arch: "universal2".to_owned() }),
            ("win32", PlatformTag::Windows { arch: Arch::I686 }),
            ("win_arm64", PlatformTag::Windows { arch: Arch::Aarch64 }),
            ("pyemscripten_2026_0_wasm32", PlatformTag::Pyemscripten { version: (2026, 0) }),
            ("ios_13_0_arm64_iphoneos", PlatformTag::Ios { version: (13, 0), arch: Arch::Aarch64, simulator: false }),
            (
                "ios_13_4_x86_64_iphonesimulator",
                PlatformTag::Ios { version: (13, 4), arch: Arch::X86_64, simulator: true },
            ),
            ("ios_13_0_arm64_watchos", PlatformTag::Other("ios_13_0_arm64_watchos".to_owned())),
            ("android_24_arm64_v8a", PlatformTag::Android { api: 24, arch: Arch::Aarch64 }),
            ("android_21_x86_64", PlatformTag::Android { api: 21, arch: Arch::X86_64 }),
            ("android_21_mips", PlatformTag::Other("android_21_mips".to_owned())),
            ("manylinux_x", PlatformTag::Other("manylinux_x".to_owned())),
        ] {
            assert_eq!(PlatformTag::parse(tag), expected, "{tag}");
        }
    }
}
