use std::cell::LazyCell;
use std::collections::BTreeSet;

use monowheel_wheel::binary::{Format, Library, Slice};
use monowheel_wheel::platform::{Libc, android, linux, windows};

use crate::facts::{BinaryFacts, Facts};
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::{is_of_requirement, linux_promises, promises};
use crate::rules::platform::reach::{Reach, Where};

rule! {
    /// A binary loads a library that is neither on the system nor in the wheel.
    ///
    /// # What it does
    /// Looks for every library that a binary of a manylinux, musllinux, Android or Windows wheel names: among the
    /// system's, among the files of the wheel that its run paths reach (on Windows: anywhere in the wheel), and among
    /// those already loaded. Python's own libraries and the C++ runtime of Windows have other rules.
    ///
    /// # Why it matters
    /// The import fails: *cannot open shared object file*, *DLL load failed*. It is an error only if nothing else can
    /// help. It is a warning if another distribution may provide the library because the wheel has requirements, or if
    /// Python files mention `ctypes` or the like and may load a bundled copy that no run path reaches. Libraries that a
    /// required distribution seems to ship (a run path leads out of the wheel, or the names are similar) are one note.
    ///
    /// # Example
    /// `libssl.so.1.1`, present on the machine that built the wheel.
    ///
    /// # Fix
    /// Bundle it (`auditwheel repair`, `delvewheel repair`) or link it statically. If another distribution provides it,
    /// ignore the rule and state that reason.
    pub(super) static RULE: "library-unresolvable", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let has_linux = !linux_promises(facts).is_empty();
    let oldest_api = promises(facts).iter().filter_map(|promise| promise.android()).min();
    let has_windows = promises(facts).iter().any(|promise| promise.format() == Some(Format::Pe));
    let reach = LazyCell::new(|| Reach::of(facts));
    let others = LazyCell::new(|| facts.has_requirements());
    let mut expected: Vec<(&str, &BinaryFacts)> = Vec::new();
    for (binary, slice) in facts.slices() {
        let is_known = |name: &str| match (binary.binary.format, oldest_api) {
            (Format::Elf, _) if has_linux => is_known_on_linux(name),
            (Format::Elf, Some(api)) => {
                android::is_pythons(name) || android::library_since(name).is_some_and(|since| since <= api)
            }
            (Format::Pe, _) if has_windows => is_known_on_windows(slice, name),
            _ => true,
        };
        let mut lost: Vec<(&str, String)> = Vec::new();
        let mut worst = Severity::Note;
        for library in slice.libraries.iter().filter(|library| !is_known(&library.name)) {
            let place = reach.find(binary, slice, &library.name);
            if place == Where::Found {
                continue;
            }
            // A plugin that nothing here loads belongs to a program that provides more of its libraries.
            let is_plugin = || place == Where::Absent && reach.severity(binary) != Severity::Error;
            if *others && (place == Where::Elsewhere || is_of_requirement(facts, &library.name) || is_plugin()) {
                expected.push((&library.name, binary));
                continue;
            }
            // Python code may load a bundled one first.
            let helped = *others || (place == Where::Astray && facts.may_load_libraries());
            let certain = !helped && !library.delayed && !library.weak && !is_drivers(library);
            worst = worst.max(if certain { reach.severity(binary) } else { Severity::Warning });
            lost.push((&library.name, explained(place, library)));
        }
        if !lost.is_empty() {
            found.add(finding(binary, slice, worst, &lost));
        }
    }
    found_elsewhere(&expected, found);
}

/// One note on the libraries that the wheel's requirements are expected to provide.
pub(super) fn found_elsewhere(expected: &[(&str, &BinaryFacts)], found: &mut Found<'_>) {
    let names: BTreeSet<&str> = expected.iter().map(|(name, _)| *name).collect();
    let binaries: BTreeSet<&str> = expected.iter().map(|(_, binary)| binary.path.as_str()).collect();
    if names.is_empty() {
        return;
    }
    let names: Vec<&str> = names.into_iter().collect();
    let message = format!(
        "loads {} from other distributions that it requires: {}",
        match binaries.len() {
            1 => "libraries for one binary".to_owned(),
            number => format!("libraries for {number} binaries"),
        },
        some_of(&names)
    );
    found.add(Finding::new(Severity::Note, Place::file(), message).details(names).fix(
        "audit the wheels of its requirements together with it, or test the import in an environment with all of them",
    ));
}

fn finding(binary: &BinaryFacts, slice: &Slice, severity: Severity, lost: &[(&str, String)]) -> Finding {
    let names: Vec<&str> = lost.iter().map(|(name, _)| *name).collect();
    let repair = if binary.binary.format == Format::Pe { "delvewheel repair" } else { "auditwheel repair" };
    Finding::new(
        severity,
        binary.place(slice),
        format!("loads {}, which is neither on the system nor in the wheel", some_of(&names)),
    )
    .details(lost.iter().map(|(name, why)| format!("{name}: {why}")))
    .fix(format!("bundle it with `{repair}`, or link it statically"))
}

fn explained(place: Where, library: &Library) -> String {
    let place = match place {
        Where::Astray => "in the wheel, but no run path leads there",
        Where::Elsewhere => "a run path leads out of the wheel",
        Where::Found | Where::Absent => "not in the wheel",
    };
    if library.delayed { format!("{place}; loaded at the first call") } else { place.to_owned() }
}

/// Whether other rules cover it: a system library, one of the two C libraries, or Python's.
fn is_known_on_linux(name: &str) -> bool {
    linux::any_policy_has(Libc::Manylinux, name)
        || linux::any_policy_has(Libc::Musllinux, name)
        || linux::is_loader(name)
        || linux::is_glibc(name)
        || linux::is_musl(name)
        || name.starts_with("libpython")
}

fn is_known_on_windows(slice: &Slice, name: &str) -> bool {
    windows::is_system(name, &slice.arch) || windows::is_python(name) || windows::is_runtime(name)
}

/// Libraries that come with a graphics driver, not with a distribution.
fn is_drivers(library: &Library) -> bool {
    let name = library.name.to_ascii_lowercase();
    let drivers = ["libcuda.so", "libnvidia-", "libnvcuvid.so", "libopencl.so", "libvulkan.so"];
    drivers.iter().any(|driver| name.starts_with(driver))
        || ["nvcuda.dll", "opencl.dll", "vulkan-1.dll"].contains(&name.as_str())
}
