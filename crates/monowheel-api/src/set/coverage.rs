//! File names → the platforms and Pythons that the wheels support.

use std::collections::{BTreeMap, BTreeSet};

use monowheel_wheel::abi::{PythonVersion, dotted};
use monowheel_wheel::filename::{WheelName, expand};
use monowheel_wheel::platform::{Libc, PlatformTag};
use monowheel_wheel::tag::Tag;

/// A wheel for the stable ABI supports every later Python: up to this one they are compared.
const LAST: u8 = 15;

/// What is supported on one platform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Platform {
    /// The oldest system: of glibc, of macOS.
    pub(super) version: Option<(u16, u16)>,
    /// What the version is of.
    pub(super) system: &'static str,
    /// `CPython 3.9`.
    pub(super) pythons: BTreeSet<String>,
    /// `3.14`, free-threaded.
    pub(super) free_threaded: BTreeSet<String>,
}

/// What is supported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Coverage {
    /// By the name of the platform: `Linux x86_64 (glibc)`.
    pub(super) platforms: BTreeMap<String, Platform>,
}

impl Coverage {
    pub(super) fn of(files: &[String]) -> Self {
        let mut coverage = Self::default();
        for name in files.iter().filter_map(|file| WheelName::parse(file).ok()) {
            for tag in expand(&name.tag).iter().filter_map(|tag| Tag::parse(tag)) {
                coverage.add(&tag);
            }
        }
        // A wheel for any platform serves all others too.
        if let Some(any) = coverage.platforms.get("any").cloned() {
            for platform in coverage.platforms.values_mut() {
                platform.pythons.extend(any.pythons.iter().cloned());
                platform.free_threaded.extend(any.free_threaded.iter().cloned());
            }
        }
        coverage
    }

    fn add(&mut self, tag: &Tag) {
        for (name, system, version) in platforms(&tag.platform()) {
            let platform = self.platforms.entry(name).or_default();
            platform.system = system;
            platform.version = match (platform.version, version) {
                (Some(known), Some(version)) => Some(known.min(version)),
                (known, version) => known.or(version),
            };
            let (pythons, free_threaded) = pythons(tag);
            platform.pythons.extend(pythons);
            platform.free_threaded.extend(free_threaded);
        }
    }
}

/// A platform, what its version is of, and the oldest version.
type Supported = (String, &'static str, Option<(u16, u16)>);

/// The platforms of a tag, with what their version is of.
fn platforms(tag: &PlatformTag) -> Vec<Supported> {
    let one = |name: String, system, version| vec![(name, system, version)];
    match tag {
        PlatformTag::Any => one("any".to_owned(), "", None),
        PlatformTag::Linux { libc: Libc::Manylinux, version, arch } => {
            one(format!("Linux {} (glibc)", arch.name()), "glibc", Some(*version))
        }
        PlatformTag::Linux { libc: Libc::Musllinux, version, arch } => {
            one(format!("Linux {} (musl)", arch.name()), "musl", Some(*version))
        }
        PlatformTag::BareLinux { arch } => one(format!("Linux {} (glibc)", arch.name()), "glibc", None),
        PlatformTag::Macos { version, arch } => {
            let architectures: &[&str] = match arch.as_str() {
                "universal2" => &["x86_64", "arm64"],
                "intel" => &["x86_64", "i386"],
                other => &[other],
            };
            // There is no older macOS on this processor.
            let oldest = |arch: &str| if arch == "arm64" { (*version).max((11, 0)) } else { *version };
            let name = |arch: &&str| (format!("macOS {arch}"), "macOS", Some(oldest(arch)));
            architectures.iter().map(name).collect()
        }
        PlatformTag::Windows { arch } => one(format!("Windows {}", arch.name()), "", None),
        PlatformTag::Pyemscripten { .. } => one("Pyodide".to_owned(), "", None),
        PlatformTag::Ios { version, arch, simulator } => {
            let suffix = if *simulator { " (simulator)" } else { "" };
            one(format!("iOS {}{suffix}", arch.name()), "iOS", Some(*version))
        }
        PlatformTag::Android { api, arch } => {
            one(format!("Android {}", arch.name()), "Android's API level", Some((*api, 0)))
        }
        PlatformTag::Other(name) => one(name.clone(), "", None),
    }
}

/// The Pythons of a tag: with the GIL, and free-threaded.
fn pythons(tag: &Tag) -> (Vec<String>, Vec<String>) {
    let from = |(major, floor): PythonVersion| (floor..=LAST).map(move |minor| dotted((major, minor)));
    let with_gil = |version: String| format!("CPython {version}");
    let Some(version) = tag.cpython() else {
        return match tag.python.strip_prefix("pp") {
            Some(digits) => {
                (vec![format!("PyPy {}.{}", digits.get(..1).unwrap_or(""), digits.get(1..).unwrap_or(""))], Vec::new())
            }
            None if tag.python.starts_with("py3") => (from((3, 0)).map(with_gil).collect(), from((3, 13)).collect()),
            None => (vec![tag.python.clone()], Vec::new()),
        };
    };
    match tag.abi.as_str() {
        "abi3" => (from(version).map(with_gil).collect(), Vec::new()),
        "abi3t" => (Vec::new(), from(version).collect()),
        // `cp312-none` is for that version only, as installers read it; maturin gave wheels for Windows this tag.
        "none" => (vec![with_gil(dotted(version))], Vec::new()),
        abi if abi.ends_with('t') => (Vec::new(), vec![dotted(version)]),
        _ => (vec![with_gil(dotted(version))], Vec::new()),
    }
}
