//! The interpreters that the tags of a wheel promise, and the extension files that they look for.

use std::collections::{BTreeMap, BTreeSet};

use monowheel_wheel::abi::exports::KNOWN;
use monowheel_wheel::abi::{Build, Ending, Family, Marker, PythonVersion};
use monowheel_wheel::binary::{Arch, Format};
use monowheel_wheel::platform::{Libc, PlatformTag, pyodide};
use monowheel_wheel::tag::Tag;

use crate::facts::{BinaryFacts, Facts, Role};
use crate::finding::Severity;
use crate::rules::abi::claim::suffix;

/// The first version with a free-threaded build.
const FREE_THREADED: u8 = 13;

/// The promise of a wheel's tags for a binary of one format.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Promise {
    /// The interpreters known today.
    pub(super) builds: Vec<Build>,
    /// Whether each of them is promised (`abi3`, `cp311-cp311`), or some (`py3-none`: a wheel may have
    /// a module for each of several versions, and Python code for the rest).
    pub(super) every: bool,
    /// Whether the promise is only that of a stable ABI.
    pub(super) stable: bool,
    /// Whose suffixes its interpreters look for.
    systems: BTreeSet<System>,
    /// The versions of PyPy that are promised: `311`.
    pypy: BTreeSet<String>,
}

impl Promise {
    /// The promise of the tags for this format's system; `None` if there is none, or a tag is unknown.
    pub(super) fn of(facts: &Facts, format: Format) -> Option<Self> {
        let mut promise = Self { every: true, stable: true, ..Self::default() };
        for tag in facts.tags() {
            let systems = systems(tag, format)?;
            if !systems.is_empty() {
                promise.systems.extend(systems);
                let before = promise.builds.len();
                promise.add(tag)?;
                promise.keep_those_that_are(tag, before);
            }
        }
        promise.builds.sort_by_key(|build| (build.version, build.free_threaded));
        promise.builds.dedup();
        (!promise.builds.is_empty() || !promise.pypy.is_empty()).then_some(promise)
    }

    fn add(&mut self, tag: &Tag) -> Option<()> {
        if let Some(version) = tag.python.strip_prefix("pp") {
            self.pypy.insert(version.to_owned());
            self.stable = false;
            return Some(());
        }
        let version = tag.cpython();
        if let Some(family) = tag.family() {
            let free_threaded = family == Family::Abi3t;
            // PEP 803: abi3t does not exist before 3.15.
            let first = if free_threaded { version?.max((3, 15)) } else { version? };
            self.from(first, free_threaded);
            return Some(());
        }
        self.stable = false;
        if tag.abi == "none" {
            // `cp311-none` is for any build of 3.11; `py3-none` for any Python.
            self.every = false;
            match version {
                Some(version) => self.both(version),
                None => {
                    let digits = tag.python.strip_prefix("py")?;
                    let minor = digits.strip_prefix('3').map_or("", |minor| minor);
                    let first = (3, minor.parse().unwrap_or(*KNOWN.start()));
                    self.from(first, false);
                    self.from(first.max((3, FREE_THREADED)), true);
                }
            }
            return Some(());
        }
        let version = version?;
        let flags = tag.abi.strip_prefix("cp")?.trim_start_matches(|c: char| c.is_ascii_digit());
        let abi = tag.abi.strip_suffix(flags).and_then(monowheel_wheel::abi::cpython_of_tag)?;
        // Nothing is known of builds for debugging.
        if flags.contains('d') {
            return None;
        }
        // Of the pairs in a compressed tag set, only those with matching versions are meaningful.
        if abi == version {
            self.builds.push(Build { version, free_threaded: flags.contains('t') });
        }
        Some(())
    }

    /// Drops interpreters that a tag's platform never has, among those added since `before`: a Pyodide ABI belongs to
    /// one CPython, iOS and Android begin with 3.13, and none of them is free-threaded.
    fn keep_those_that_are(&mut self, tag: &Tag, before: usize) {
        const PHONES: PythonVersion = (3, 13);
        let versions = match tag.platform() {
            PlatformTag::Pyemscripten { version } => match pyodide::abi(version) {
                Some(abi) => abi.python..=abi.python,
                None => return,
            },
            PlatformTag::Ios { .. } | PlatformTag::Android { .. } => PHONES..=(u8::MAX, u8::MAX),
            _ => return,
        };
        let mut at = 0;
        self.builds.retain(|build| {
            at += 1;
            at <= before || (versions.contains(&build.version) && !build.free_threaded)
        });
    }

    /// Every known version from `first` on.
    fn from(&mut self, first: PythonVersion, free_threaded: bool) {
        let last = (*KNOWN.end()).max(first.1);
        let versions = (first.1..=last).map(|minor| (first.0, minor));
        self.builds.extend(versions.map(|version| Build { version, free_threaded }));
    }

    fn both(&mut self, version: PythonVersion) {
        self.builds.push(Build { version, free_threaded: false });
        if version >= (3, FREE_THREADED) {
            self.builds.push(Build { version, free_threaded: true });
        }
    }

    /// The promised interpreters that look for a file.
    pub(super) fn seekers(&self, binary: &BinaryFacts) -> Vec<Build> {
        self.builds.iter().filter(|build| self.is_sought(binary, build)).cloned().collect()
    }

    /// Whether an interpreter looks for a file.
    fn is_sought(&self, binary: &BinaryFacts, build: &Build) -> bool {
        let Some(suffix) = suffix(binary) else { return false };
        let ending = if binary.binary.format == Format::Pe { Ending::Pyd } else { Ending::So };
        suffix.ending == ending
            && binary.binary.slices.iter().any(|slice| {
                self.systems.iter().any(|system| match system.phone(&slice.arch) {
                    Some(phone) => suffix.is_sought_on(build, |platform| platform == phone),
                    None => suffix.is_sought(build, &slice.arch, *system == System::Musl),
                })
            })
    }

    pub(super) fn is_sought_by_pypy(&self, binary: &BinaryFacts) -> bool {
        !self.pypy.is_empty()
            && suffix(binary).is_some_and(|suffix| match suffix.marker {
                Marker::Plain => true,
                Marker::PyPy(version) => self.pypy.contains(&version),
                _ => false,
            })
    }
}

/// The systems whose interpreters have suffixes of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum System {
    /// Linux with musl.
    Musl,
    /// iOS on a device.
    Iphone,
    /// iOS in the simulator.
    Simulator,
    /// Android.
    Android,
    /// Linux with glibc, and every other system: its format and architecture are enough.
    Other,
}

impl System {
    /// The platform in the suffixes of a phone (PEP 730, 738).
    const fn phone(self, arch: &Arch) -> Option<&'static str> {
        match (self, arch) {
            (Self::Iphone, _) => Some("iphoneos"),
            (Self::Simulator, _) => Some("iphonesimulator"),
            (Self::Android, Arch::Armv7l) => Some("arm-linux-androideabi"),
            (Self::Android, Arch::X86_64) => Some("x86_64-linux-android"),
            (Self::Android, Arch::I686) => Some("i686-linux-android"),
            (Self::Android, _) => Some("aarch64-linux-android"),
            (Self::Musl | Self::Other, _) => None,
        }
    }
}

/// The systems of a tag that load a format, none for a tag of others; `None` for an unknown tag.
fn systems(tag: &Tag, format: Format) -> Option<Vec<System>> {
    let (of_tag, systems) = match tag.platform() {
        PlatformTag::Any => return Some(vec![System::Other]),
        PlatformTag::Linux { libc: Libc::Musllinux, .. } => (Format::Elf, vec![System::Musl]),
        PlatformTag::Linux { .. } => (Format::Elf, vec![System::Other]),
        // Depends on the machine that built it.
        PlatformTag::BareLinux { .. } => (Format::Elf, vec![System::Musl, System::Other]),
        PlatformTag::Macos { .. } => (Format::MachO, vec![System::Other]),
        PlatformTag::Windows { .. } => (Format::Pe, vec![System::Other]),
        PlatformTag::Pyemscripten { .. } => (Format::Wasm, vec![System::Other]),
        // The installer of an app renames the files, but looks for them by these names.
        PlatformTag::Ios { simulator: false, .. } => (Format::MachO, vec![System::Iphone]),
        PlatformTag::Ios { simulator: true, .. } => (Format::MachO, vec![System::Simulator]),
        PlatformTag::Android { .. } => (Format::Elf, vec![System::Android]),
        PlatformTag::Other(_) => return None,
    };
    Some(if of_tag == format { systems } else { Vec::new() })
}

/// A module, which may have a file for each of several interpreters.
pub(super) struct Module<'a> {
    /// Its files.
    pub(super) files: Vec<&'a BinaryFacts>,
    /// The promise for it.
    pub(super) promise: Promise,
    /// The promised interpreters that look for none of its files.
    pub(super) without: Vec<Build>,
    /// Whether some promised interpreter looks for one.
    pub(super) is_found: bool,
}

/// Why promised interpreters do not find a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// Its file is for one version, but the wheel is for all.
    VersionSpecific,
    /// No promised interpreter looks for its file.
    Everywhere,
    /// Some promised interpreters do not.
    Somewhere,
}

impl Module<'_> {
    /// The severity if promised interpreters do not find it: a warning if the wheel has several files of it, one of
    /// which its own code selects.
    pub(super) fn severity(&self, facts: &Facts) -> Severity {
        let is_chosen = self.files.iter().any(|file| super::hooks::has_own_loader(facts, file));
        if is_chosen { Severity::Warning } else { Severity::Error }
    }

    /// Why promised interpreters do not find it; `None` if they do.
    pub(super) fn lost(&self) -> Option<Lost> {
        let version_specific = || {
            self.files
                .iter()
                .any(|file| matches!(suffix(file), Some(found) if matches!(found.marker, Marker::Version { .. })))
        };
        match (self.is_found, self.without.is_empty()) {
            (true, true) => None,
            (true, false) if !self.promise.every => None,
            _ if self.promise.stable && version_specific() => Some(Lost::VersionSpecific),
            (true, false) => Some(Lost::Somewhere),
            (false, _) => Some(Lost::Everywhere),
        }
    }
}

/// The extension modules of a wheel whose promise is known.
pub(super) fn modules(facts: &Facts) -> Vec<Module<'_>> {
    let mut groups: BTreeMap<(&str, &str, Format), Vec<&BinaryFacts>> = BTreeMap::new();
    for binary in &facts.binaries {
        let Role::Extension { module, .. } = &binary.role else { continue };
        if !super::hooks::is_module(binary) {
            continue;
        }
        let folder = binary.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        groups.entry((folder, module, binary.binary.format)).or_default().push(binary);
    }
    let mut promises: BTreeMap<Format, Option<Promise>> = BTreeMap::new();
    let mut modules = Vec::new();
    for ((_, _, format), files) in groups {
        let Some(promise) = promises.entry(format).or_insert_with(|| Promise::of(facts, format)).clone() else {
            continue;
        };
        let is_sought = |build: &Build| files.iter().any(|file| promise.is_sought(file, build));
        let (found, without): (Vec<Build>, Vec<Build>) = promise.builds.iter().cloned().partition(is_sought);
        let is_found = !found.is_empty() || files.iter().any(|file| promise.is_sought_by_pypy(file));
        modules.push(Module { files, promise, without, is_found });
    }
    modules
}

/// Interpreters as displayed: `3.8 to 3.14`, `free-threaded 3.15`.
pub(super) fn named(builds: &[Build]) -> String {
    let of = |free_threaded: bool| -> Vec<PythonVersion> {
        builds.iter().filter(|build| build.free_threaded == free_threaded).map(|build| build.version).collect()
    };
    let (with, without) = (of(false), of(true));
    let mut parts = Vec::new();
    if !with.is_empty() {
        parts.push(monowheel_wheel::abi::ranges(&with));
    }
    if !without.is_empty() {
        parts.push(format!("free-threaded {}", monowheel_wheel::abi::ranges(&without)));
    }
    parts.join(" and ")
}
