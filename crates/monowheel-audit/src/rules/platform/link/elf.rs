//! How the loaders of glibc and musl find a symbol: in the program and its libraries, then in everything loaded with
//! the module.

use monowheel_wheel::abi::PythonLibrary;
use monowheel_wheel::binary::{Arch, Import, Slice};
use monowheel_wheel::platform::linux_symbols::{companion_has, glibc_since, glibc_versions, knows_glibc_of, musl_has};
use monowheel_wheel::platform::{Libc, PlatformTag, android, linux};

use crate::facts::{BinaryFacts, Facts};
use crate::rules::platform::link::{Linked, Lost, Scope};
use crate::rules::platform::promise::{LinuxPromise, linux_promises, promises};

/// What the tags of a wheel say about the C library.
pub(in crate::rules::platform) struct Tags<'a> {
    promised: Vec<LinuxPromise<'a>>,
    /// All tags are for Linux or for any system.
    are_known: bool,
}

/// The C library of every system that a slice is promised for.
pub(in crate::rules::platform) struct System {
    /// glibc, the oldest of the tags; `None` if no tag states a version.
    glibc: Option<Option<(u16, u16)>>,
    musl: bool,
    arch: Arch,
}

impl<'a> Tags<'a> {
    pub(in crate::rules::platform) fn of(facts: &'a Facts) -> Self {
        let is_known = |platform: &PlatformTag| {
            matches!(platform, PlatformTag::Linux { .. } | PlatformTag::BareLinux { .. } | PlatformTag::Any)
        };
        let are_known = promises(facts).iter().all(|promise| is_known(&promise.platform));
        Self { promised: linux_promises(facts), are_known }
    }
}

impl System {
    /// The system of a slice; `None` if it is not known here (Android).
    pub(in crate::rules::platform) fn of(tags: &Tags<'_>, slice: &Slice) -> Option<Self> {
        if !tags.are_known || !knows_glibc_of(&slice.arch) {
            return None;
        }
        let promised = &tags.promised;
        let of_arch = |libc| promised.iter().find(|promise| promise.arch == slice.arch && promise.libc == libc);
        let (glibc, musl) = (of_arch(Libc::Manylinux), of_arch(Libc::Musllinux));
        let arch = slice.arch.clone();
        if glibc.is_some() || musl.is_some() {
            return Some(Self { glibc: glibc.map(|promise| Some(promise.version)), musl: musl.is_some(), arch });
        }
        if !promised.is_empty() {
            // A different architecture than the tags: another rule reports it.
            return None;
        }
        let loads = |is: fn(&str) -> bool| slice.libraries.iter().any(|library| is(&library.name));
        let (glibc, musl) = (loads(linux::is_glibc), loads(linux::is_musl));
        Some(Self { glibc: (glibc || !musl).then_some(None), musl: musl || !glibc, arch })
    }

    /// Why the C library has no symbol of this name, in any version; `None` if it has one.
    fn missing_reason(&self, name: &str) -> Option<String> {
        let since = self.glibc.and_then(|oldest| Some((glibc_since(name, &self.arch)?, oldest)));
        match since {
            Some((since, Some(oldest))) if since > oldest && !self.musl => {
                return Some(format!(
                    "in glibc since {}.{}, but the tag promises {}.{}",
                    since.0, since.1, oldest.0, oldest.1
                ));
            }
            Some(_) => return None,
            None => {}
        }
        if self.musl && musl_has(name) {
            // musllinux_1_2 begins with 1.2.0; a later symbol may be there.
            return None;
        }
        Some(String::new())
    }
}

/// The symbols of a slice that nothing provides.
pub(in crate::rules::platform) fn lost(
    linked: &Linked<'_>,
    system: &System,
    binary: &BinaryFacts,
    slice: &Slice,
) -> Vec<Lost> {
    let scope = linked.scope(binary, slice);
    let strong = slice.imports.iter().filter(|import| !import.weak && !is_pythons(&import.name));
    strong
        .filter_map(|import| match (&import.version, &import.library) {
            (Some(version), Some(library)) => versioned(linked, system, &scope, import, version, library),
            _ => plain(linked, system, &scope, import),
        })
        .collect()
}

/// The symbols of C++ and Rust that nothing provides on Android. Its C library is not known here, but has none of them.
pub(in crate::rules::platform) fn lost_on_android(
    linked: &Linked<'_>,
    binary: &BinaryFacts,
    slice: &Slice,
) -> Vec<Lost> {
    // `new` and `delete` are in Android's own libstdc++.so.
    let is_mangled = |name: &str| name.starts_with("_Z") && !name.starts_with("_Zn") && !name.starts_with("_Zd");
    let strong = slice.imports.iter().filter(|import| !import.weak && is_mangled(&import.name));
    let names: Vec<&str> = strong.map(|import| import.name.as_str()).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let scope = linked.scope(binary, slice);
    let is_known = |library: &&str| android::library_since(library).is_some() || android::is_pythons(library);
    if !scope.outside.iter().all(is_known) {
        return Vec::new();
    }
    let lost = names.into_iter().filter(|name| *name != "_ZSt7nothrow" && !linked.has(&scope, name, None));
    lost.map(|name| {
        let why = match linked.elsewhere(&scope, name) {
            Some(path) => format!("{path} has it but is not loaded with the module"),
            None => "in no loaded library, nor in Android".to_owned(),
        };
        Lost { name: name.to_owned(), why, late: false }
    })
    .collect()
}

/// Symbols covered by the rules on Python's symbols.
fn is_pythons(name: &str) -> bool {
    name.starts_with("Py") || name.starts_with("_Py")
}

fn versioned(
    linked: &Linked<'_>,
    system: &System,
    scope: &Scope<'_>,
    import: &Import,
    version: &str,
    library: &str,
) -> Option<Lost> {
    let name = import.name.as_str();
    let lost = |why: String| Some(Lost { name: format!("{name}@{version}"), why, late: false });
    if linux::is_glibc(library) || linux::is_loader(library) {
        let number = version.strip_prefix("GLIBC_")?;
        // The rule on versions covers versions that the tag does not promise at all, and glibc's own.
        let is_number = number.split('.').all(|part| part.parse::<u16>().is_ok());
        let promised = system.glibc.flatten().is_none_or(|oldest| below(number, oldest));
        if !is_number || !promised || system.glibc.is_none() {
            return None;
        }
        let known = glibc_versions(name, &system.arch);
        if known.contains(&number) || linked.has(scope, name, Some(version)) {
            return None;
        }
        return lost(match known.as_slice() {
            [] => "not in any glibc".to_owned(),
            known => format!("in glibc as {}", known.join(", ")),
        });
    }
    // A system library, or an unknown one: covered by the rules on libraries and versions.
    if scope.outside.contains(library) || linked.has(scope, name, Some(version)) {
        return None;
    }
    lost(format!("{library} is in the wheel but has no such symbol"))
}

/// Whether a symbol version does not need a later glibc.
fn below(number: &str, oldest: (u16, u16)) -> bool {
    let mut parts = number.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) <= oldest
}

fn plain(linked: &Linked<'_>, system: &System, scope: &Scope<'_>, import: &Import) -> Option<Lost> {
    let name = import.name.as_str();
    let why = system.missing_reason(name)?;
    if linked.has(scope, name, None) || scope.outside.iter().any(|library| may_have(library, name)) {
        return None;
    }
    let why = match (why.is_empty(), linked.elsewhere(scope, name)) {
        (false, _) => why,
        (true, Some(path)) => format!("{path} has it but is not loaded with the module"),
        (true, None) => "in no loaded library, nor in Python".to_owned(),
    };
    Some(Lost { name: name.to_owned(), why, late: false })
}

/// Whether a library outside the wheel may have the symbol: for a system library as far as its symbols are known, for
/// any other always.
fn may_have(library: &str, name: &str) -> bool {
    let is_c_library = linux::is_glibc(library) || linux::is_musl(library) || linux::is_loader(library);
    if is_c_library || PythonLibrary::parse(library).is_some() {
        return false;
    }
    let is_systems = linux::any_policy_has(Libc::Manylinux, library) || linux::any_policy_has(Libc::Musllinux, library);
    !is_systems || companion_has(library, name)
}
