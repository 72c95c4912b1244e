//! The platform tags that an installer on one machine accepts, best first: `packaging.tags.platform_tags`
//! (26.3) as arithmetic instead of a list.

use std::cmp::Ordering;

use monowheel_wheel::abi::PythonVersion;
use monowheel_wheel::binary::Arch;
use monowheel_wheel::platform::{Libc, PlatformTag, linux, pyodide};

/// A machine on which a wheel is installed: the oldest one that a platform tag promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Machine {
    /// Linux with a C library of this version.
    Linux {
        /// glibc or musl.
        libc: Libc,
        /// Its version.
        version: (u16, u16),
        /// As tags spell it.
        arch: String,
    },
    /// macOS.
    Macos {
        /// Its version.
        version: (u16, u16),
        /// `x86_64`, `arm64`, …
        arch: String,
    },
    /// A platform that accepts only its own tag: Windows, `linux_x86_64`, and unknown ones.
    Only(String),
    /// No particular platform: accepts wheels that install anywhere.
    Any,
}

impl Machine {
    /// The machines that a platform tag promises: one for each architecture.
    #[must_use]
    pub fn promised(tag: &str) -> Vec<Self> {
        match PlatformTag::parse(tag) {
            PlatformTag::Any => Vec::new(),
            PlatformTag::Linux { libc, version, .. } if libc == Libc::Musllinux || version.0 == 2 => {
                let arch = match tag.split('_').next() {
                    Some("manylinux" | "musllinux") => tag.splitn(4, '_').nth(3),
                    _ => tag.split_once('_').map(|(_, arch)| arch),
                };
                vec![Self::Linux { libc, version, arch: arch.unwrap_or_default().to_owned() }]
            }
            PlatformTag::Macos { version, arch } => macos(version, &arch),
            _ => vec![Self::Only(tag.to_owned())],
        }
    }

    /// The machines of a target as `[tool.monowheel]` names it: a platform tag, or one without a level
    /// (`macosx_universal2`, `manylinux_x86_64`), which means the lowest that Rust supports.
    #[must_use]
    pub fn declared(target: &str) -> Vec<Self> {
        // The floors of rustc 1.96; architectures younger than glibc 2.17 begin with their first policy.
        let linux = |libc, lowest: (u16, u16), arch: &str| {
            let (policy, prefix) = (linux::policy(libc, lowest, &Arch::from_tag(arch)), prefix(libc));
            let name =
                policy.map_or_else(|| format!("{prefix}_{}_{}", lowest.0, lowest.1), |policy| policy.name().to_owned());
            Self::promised(&format!("{name}_{arch}"))
        };
        let is_level = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
        if let Some(arch) = target.strip_prefix("manylinux_").filter(|rest| !is_level(rest)) {
            return linux(Libc::Manylinux, (2, 17), arch);
        }
        if let Some(arch) = target.strip_prefix("musllinux_").filter(|rest| !is_level(rest)) {
            return linux(Libc::Musllinux, (1, 2), arch);
        }
        match target.strip_prefix("macosx_").filter(|rest| !is_level(rest)) {
            Some("arm64") => macos((11, 0), "arm64"),
            Some(arch) => macos((10, 12), arch),
            None => Self::promised(target),
        }
    }

    /// The name of a row of the resolution map.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Linux { libc, version, arch } => format!("{}_{}_{}_{arch}", prefix(*libc), version.0, version.1),
            Self::Macos { version, arch } => format!("macosx_{}_{}_{arch}", version.0, version.1),
            Self::Only(tag) => tag.clone(),
            Self::Any => "any".to_owned(),
        }
    }

    /// Its kind, regardless of the system version, in the lab's spelling: `linux-aarch64`, `musllinux-x86_64`,
    /// `macosx-arm64`, `win-amd64`.
    #[must_use]
    pub fn platform(&self) -> String {
        match self {
            Self::Linux { libc: Libc::Musllinux, arch, .. } => format!("musllinux-{arch}"),
            Self::Linux { arch, .. } => format!("linux-{arch}"),
            Self::Macos { arch, .. } => format!("macosx-{arch}"),
            Self::Only(tag) => tag.replacen('_', "-", 1),
            Self::Any => "any".to_owned(),
        }
    }

    /// Whether the two differ at most in the system version.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Linux { libc: a, arch: b, .. }, Self::Linux { libc: c, arch: d, .. }) => (a, b) == (c, d),
            (Self::Macos { arch: a, .. }, Self::Macos { arch: b, .. }) => a == b,
            (Self::Only(a), Self::Only(b)) => match (mobile(a), mobile(b)) {
                (Some((_, a)), Some((_, b))) => a == b,
                _ => a == b,
            },
            _ => self == other,
        }
    }

    /// Whether such a Python exists for it: a Pyodide ABI belongs to one CPython.
    #[must_use]
    pub fn has_python(&self, version: PythonVersion, free_threaded: bool) -> bool {
        let Self::Only(tag) = self else { return true };
        match PlatformTag::parse(tag) {
            PlatformTag::Pyemscripten { version: abi } => {
                pyodide::abi(abi).is_none_or(|abi| abi.python == version && !free_threaded)
            }
            _ => true,
        }
    }

    /// The rank of a platform tag (never `any`) here, 0 is the best; `None` if it does not install.
    #[must_use]
    pub(crate) fn rank(&self, tag: &str) -> Option<u32> {
        match self {
            Self::Linux { libc, version, arch } => {
                let stem = tag.strip_suffix(arch.as_str())?.strip_suffix('_')?;
                // Since packaging 26.3; before that, and in other installers, it comes last.
                if stem == "linux" {
                    return Some(0);
                }
                let (libc_of_tag, of_tag, is_alias) = linux_stem(stem)?;
                let oldest = match (libc, arch.as_str()) {
                    (Libc::Musllinux, _) => (version.0, 0),
                    (Libc::Manylinux, "x86_64" | "i686") => (2, 5),
                    (Libc::Manylinux, _) => (2, 17),
                };
                let fits = libc_of_tag == *libc && of_tag.0 == version.0 && (oldest..=*version).contains(&of_tag);
                fits.then(|| 1 + 2 * u32::from(version.1 - of_tag.1) + u32::from(is_alias))
            }
            Self::Macos { version, arch } => macos_rank(*version, arch, tag),
            Self::Only(known) => match (mobile(known), mobile(tag)) {
                // Older wheels still run (`packaging.tags.ios_platforms`, `android_platforms`), from iOS 12 on.
                (Some((version, kind)), Some((of_tag, of_kind))) if kind == of_kind && of_tag <= version => {
                    Some(u32::from(version.0 - of_tag.0) * FORMATS + u32::from(version.1.saturating_sub(of_tag.1)))
                }
                _ => (known == tag).then_some(0),
            },
            Self::Any => None,
        }
    }
}

/// Machines are sorted by system, then by architecture and version.
impl Ord for Machine {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |machine: &Self| match machine {
            Self::Linux { libc: Libc::Manylinux, version, arch } => (0, arch.clone(), *version),
            Self::Linux { libc: Libc::Musllinux, version, arch } => (1, arch.clone(), *version),
            Self::Macos { version, arch } => (2, arch.clone(), *version),
            Self::Only(tag) => (3, tag.clone(), (0, 0)),
            Self::Any => (4, String::new(), (0, 0)),
        };
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Machine {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

const fn prefix(libc: Libc) -> &'static str {
    match libc {
        Libc::Manylinux => "manylinux",
        Libc::Musllinux => "musllinux",
    }
}

/// `manylinux_2_17`, and whether it was spelled `manylinux2014`.
fn linux_stem(stem: &str) -> Option<(Libc, (u16, u16), bool)> {
    let legacy = |version| Some((Libc::Manylinux, version, true));
    match stem {
        "manylinux1" => return legacy((2, 5)),
        "manylinux2010" => return legacy((2, 12)),
        "manylinux2014" => return legacy((2, 17)),
        _ => {}
    }
    let (system, version) = stem.split_once('_')?;
    let libc = [Libc::Manylinux, Libc::Musllinux].into_iter().find(|libc| prefix(*libc) == system)?;
    Some((libc, numbers(version)?, false))
}

/// `2_17`, as a generated tag spells it: without leading zeros and signs.
fn numbers(text: &str) -> Option<(u16, u16)> {
    let (major, minor) = text.split_once('_')?;
    let number = |text: &str| text.parse::<u16>().ok().filter(|number| number.to_string() == text);
    Some((number(major)?, number(minor)?))
}

/// The mobile system, and its architecture as tags spell it.
type Phone<'a> = (&'static str, &'a str);

/// The version of an iOS or Android tag, and its remainder, which has to be equal: `ios_13_0_arm64_iphoneos`,
/// `android_24_arm64_v8a`.
fn mobile(tag: &str) -> Option<((u16, u16), Phone<'_>)> {
    if let Some(rest) = tag.strip_prefix("ios_") {
        let mut parts = rest.splitn(3, '_');
        let version = numbers(&format!("{}_{}", parts.next()?, parts.next()?))?;
        return Some((version, ("ios", parts.next()?)));
    }
    let (api, abi) = tag.strip_prefix("android_")?.split_once('_')?;
    let (api, _) = numbers(&format!("{api}_0"))?;
    Some(((api, 0), ("android", abi)))
}

/// The machines of a macOS tag.
fn macos(version: (u16, u16), arch: &str) -> Vec<Machine> {
    let machine = |version, arch: &str| Machine::Macos { version, arch: arch.to_owned() };
    match arch {
        "universal2" => vec![machine(version, "x86_64"), machine(version.max((11, 0)), "arm64")],
        "intel" | "universal" | "fat3" | "fat64" => vec![machine(version, "x86_64")],
        "fat" => vec![machine(version, "i386")],
        arch => vec![machine(version, arch)],
    }
}

/// Larger than the number of formats of one version.
const FORMATS: u32 = 8;

fn macos_rank(version: (u16, u16), arch: &str, tag: &str) -> Option<u32> {
    let mut parts = tag.strip_prefix("macosx_")?.splitn(3, '_');
    let of_tag = numbers(&format!("{}_{}", parts.next()?, parts.next()?))?;
    let format = parts.next()?;
    let at = |version| {
        formats(version, arch).iter().position(|known| *known == format).and_then(|at| u32::try_from(at).ok())
    };
    let steps = |from: u16, to: u16| from.checked_sub(to).map(|steps| u32::from(steps) * FORMATS);
    if version < (11, 0) {
        return if of_tag.0 == 10 && version.0 == 10 { Some(steps(version.1, of_tag.1)? + at(of_tag)?) } else { None };
    }
    match of_tag {
        (11.., 0) => Some(steps(version.0, of_tag.0)? + at(of_tag)?),
        // Older wheels still run, on arm64 only in the universal2 format.
        (10, 4..=16) if arch == "x86_64" || format == "universal2" => {
            let at = if arch == "x86_64" { at(of_tag)? } else { 0 };
            Some(steps(version.0, 10)? + steps(16, of_tag.1)? + at)
        }
        _ => None,
    }
}

/// The formats that run on an architecture, best first.
fn formats(version: (u16, u16), arch: &str) -> Vec<&str> {
    match arch {
        "x86_64" | "i386" if version < (10, 4) => vec![],
        "x86_64" => vec!["x86_64", "intel", "fat64", "fat3", "universal2", "universal"],
        "i386" => vec!["i386", "intel", "fat3", "fat", "universal"],
        "ppc64" if !((10, 4)..=(10, 5)).contains(&version) => vec![],
        "ppc64" => vec!["ppc64", "fat64", "universal"],
        "ppc" if version > (10, 6) => vec![],
        "ppc" => vec!["ppc", "fat3", "fat", "universal"],
        "arm64" => vec!["arm64", "universal2"],
        "intel" => vec!["intel", "universal"],
        arch => vec![arch],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(machines: &[Machine]) -> Vec<String> {
        machines.iter().map(Machine::name).collect()
    }

    #[test]
    fn what_a_tag_promises() {
        assert_eq!(names(&Machine::promised("manylinux2014_x86_64")), ["manylinux_2_17_x86_64"]);
        assert_eq!(names(&Machine::promised("musllinux_1_2_armv7l")), ["musllinux_1_2_armv7l"]);
        assert_eq!(names(&Machine::promised("macosx_10_12_universal2")), ["macosx_10_12_x86_64", "macosx_11_0_arm64"]);
        assert_eq!(names(&Machine::promised("win_amd64")), ["win_amd64"]);
        assert_eq!(names(&Machine::promised("linux_x86_64")), ["linux_x86_64"]);
        assert!(Machine::promised("any").is_empty());
    }

    #[test]
    fn older_wheels_for_phones_run_on() {
        let ios = &Machine::promised("ios_13_4_arm64_iphoneos")[0];
        assert_eq!(ios.rank("ios_13_4_arm64_iphoneos"), Some(0));
        assert!(ios.rank("ios_13_0_arm64_iphoneos") < ios.rank("ios_12_0_arm64_iphoneos"));
        assert_eq!(ios.rank("ios_14_0_arm64_iphoneos"), None);
        assert_eq!(ios.rank("ios_13_0_arm64_iphonesimulator"), None);
        let android = &Machine::promised("android_24_arm64_v8a")[0];
        assert!(android.rank("android_21_arm64_v8a").is_some());
        assert_eq!((android.rank("android_26_arm64_v8a"), android.rank("android_24_x86_64")), (None, None));
        assert!(android.is_like(&Machine::promised("android_21_arm64_v8a")[0]));
        assert!(!android.is_like(ios));
    }

    #[test]
    fn what_a_declared_target_is() {
        assert_eq!(names(&Machine::declared("macosx_universal2")), ["macosx_10_12_x86_64", "macosx_11_0_arm64"]);
        assert_eq!(names(&Machine::declared("macosx_arm64")), ["macosx_11_0_arm64"]);
        assert_eq!(names(&Machine::declared("manylinux_x86_64")), ["manylinux_2_17_x86_64"]);
        assert_eq!(names(&Machine::declared("manylinux_riscv64")), ["manylinux_2_31_riscv64"]);
        assert_eq!(names(&Machine::declared("musllinux_aarch64")), ["musllinux_1_2_aarch64"]);
        assert_eq!(names(&Machine::declared("manylinux_2_28_aarch64")), ["manylinux_2_28_aarch64"]);
        assert_eq!(names(&Machine::declared("win32")), ["win32"]);
    }

    #[test]
    fn odd_spellings_are_not_accepted() {
        let machine = &Machine::promised("manylinux_2_28_x86_64")[0];
        assert!(machine.rank("manylinux_2_17_x86_64").is_some());
        for odd in [
            "manylinux_2_017_x86_64",
            "manylinux_+2_17_x86_64",
            "manylinux_2_17_amd64",
            "manylinux_2_4_x86_64",
            "manylinux_1_9_x86_64",
            "musllinux_1_2_x86_64",
            "manylinux_2_29_x86_64",
            "x86_64",
            "",
        ] {
            assert_eq!(machine.rank(odd), None, "{odd}");
        }
    }
}
