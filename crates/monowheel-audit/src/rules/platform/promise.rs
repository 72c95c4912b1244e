//! The promise of a wheel's platform tags, for the rules of this group.

use monowheel_wheel::abi::{PythonVersion, admits};
use monowheel_wheel::binary::{Arch, Format};
use monowheel_wheel::platform::linux::{self, Policy};
use monowheel_wheel::platform::{Libc, PlatformTag};
use monowheel_wheel::requirement::{Requirement, holds_without_extra};
use pep440_rs::VersionSpecifiers;

use crate::facts::Facts;

/// One platform tag of a wheel's file name.
pub(super) struct Promise<'a> {
    /// As written.
    pub(super) tag: &'a str,
    /// Its parsed form.
    pub(super) platform: PlatformTag,
}

/// The policy of one Linux tag.
pub(super) struct LinuxPromise<'a> {
    /// As written.
    pub(super) tag: &'a str,
    /// The C library.
    pub(super) libc: Libc,
    /// Its version.
    pub(super) version: (u16, u16),
    /// The architecture.
    pub(super) arch: Arch,
    /// The policy of the tag; `None` for an architecture without one.
    pub(super) policy: Option<Policy>,
}

/// The platform tags of the wheel, without duplicates.
pub(super) fn promises(facts: &Facts) -> Vec<Promise<'_>> {
    let mut seen = std::collections::BTreeSet::new();
    let tags = facts.tags().iter().map(|tag| tag.platform.as_str()).filter(|tag| seen.insert(*tag));
    tags.map(|tag| Promise { tag, platform: PlatformTag::parse(tag) }).collect()
}

/// Those that name a Linux C library, oldest first.
pub(super) fn linux_promises(facts: &Facts) -> Vec<LinuxPromise<'_>> {
    let mut linux: Vec<LinuxPromise<'_>> = promises(facts)
        .into_iter()
        .filter_map(|promise| match promise.platform {
            PlatformTag::Linux { libc, version, arch } => {
                let policy = linux::policy(libc, version, &arch);
                Some(LinuxPromise { tag: promise.tag, libc, version, arch, policy })
            }
            _ => None,
        })
        .collect();
    linux.sort_by_key(|promise| (promise.libc, promise.version));
    linux
}

impl Promise<'_> {
    /// The binary format of this platform; `None` if there is no single one.
    pub(super) fn format(&self) -> Option<Format> {
        match &self.platform {
            PlatformTag::Linux { .. } | PlatformTag::BareLinux { .. } | PlatformTag::Android { .. } => {
                Some(Format::Elf)
            }
            PlatformTag::Macos { .. } | PlatformTag::Ios { .. } => Some(Format::MachO),
            PlatformTag::Windows { .. } => Some(Format::Pe),
            PlatformTag::Pyemscripten { .. } => Some(Format::Wasm),
            PlatformTag::Any | PlatformTag::Other(_) => None,
        }
    }

    /// The oldest Android API level, if it is for Android.
    pub(super) fn android(&self) -> Option<u16> {
        match self.platform {
            PlatformTag::Android { api, .. } => Some(api),
            _ => None,
        }
    }

    /// The single architecture that it names; `None` for `any`, `universal2` and unknown ones.
    pub(super) fn arch(&self) -> Option<Arch> {
        let arch = match &self.platform {
            PlatformTag::Linux { arch, .. }
            | PlatformTag::BareLinux { arch }
            | PlatformTag::Windows { arch }
            | PlatformTag::Android { arch, .. }
            | PlatformTag::Ios { arch, .. } => arch.clone(),
            PlatformTag::Macos { arch, .. } => Arch::from_tag(arch),
            PlatformTag::Pyemscripten { .. } => Arch::Wasm32,
            PlatformTag::Any | PlatformTag::Other(_) => return None,
        };
        match arch {
            // ELF does not distinguish the versions of 32-bit ARM.
            Arch::Other(name) if name == "armv6l" => Some(Arch::Armv7l),
            Arch::Other(_) => None,
            known => Some(known),
        }
    }
}

/// The oldest CPython that installs the wheel: by its tags, and by `Requires-Python` if that is stricter. `None` if
/// neither names a version.
pub(super) fn floor(facts: &Facts) -> Option<PythonVersion> {
    let by_tag = facts.tags().iter().map(|tag| tag.cpython()).min().flatten();
    let text = facts.wheel.as_ref().and_then(|wheel| wheel.metadata.as_ref()?.headers.first("Requires-Python"));
    let Some(specifiers) = text.and_then(|text| text.trim().parse::<VersionSpecifiers>().ok()) else { return by_tag };
    let from = by_tag.map_or(0, |(_, minor)| minor);
    (from..=from.saturating_add(40)).map(|minor| (3, minor)).find(|version| admits(Some(&specifiers), *version))
}

/// Whether a library may be one that a requirement of the wheel ships: `libQt6Core.so.6` of `PyQt6-Qt6`,
/// `libcublas.so.12` of `nvidia-cublas-cu12`, `libshiboken6.abi3.so` of `shiboken6`.
pub(super) fn is_of_requirement(facts: &Facts, library: &str) -> bool {
    let file = library.rsplit('/').next().unwrap_or(library).to_ascii_lowercase();
    let file = file.strip_prefix("lib").unwrap_or(&file);
    let stem: String = file.chars().take_while(|letter| letter.is_ascii_alphabetic()).collect();
    let metadata = facts.wheel.as_ref().and_then(|wheel| wheel.metadata.as_ref());
    let requirements = metadata.into_iter().flat_map(|metadata| metadata.headers.all("Requires-Dist"));
    requirements.filter(|text| holds_without_extra(text)).filter_map(|text| Requirement::parse(text).ok()).any(
        |requirement| {
            requirement.name.to_ascii_lowercase().split(['-', '_', '.']).any(|word| {
                word.len() >= 3 && file.starts_with(word) || stem.len() >= 4 && word.contains(stem.as_str())
            })
        },
    )
}
