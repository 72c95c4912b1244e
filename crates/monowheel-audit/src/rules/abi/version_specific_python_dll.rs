use monowheel_wheel::abi::{Build, PythonLibrary};
use monowheel_wheel::binary::Format;

use crate::facts::{Facts, Role};
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::abi::promise::Promise;

rule! {
    /// A Windows extension loads a Python DLL that some interpreters promised by its tags do not have.
    ///
    /// # What it does
    /// Compares the `python*.dll` in the import tables with the tags. `abi3` needs `python3.dll`; `abi3t` needs
    /// `python3t.dll`, which builds with the GIL also have since 3.15; `cp311-cp311` needs `python311.dll` or
    /// `python3.dll`. DLLs of debug builds (`python311_d.dll`) are not in any release.
    ///
    /// # Why it matters
    /// `ImportError: DLL load failed`, or `Module use of python38.dll conflicts with this version of
    /// Python`.
    ///
    /// # Example
    /// `python38.dll` in `demo-1.0-cp38-abi3-win_amd64.whl`: it works on 3.8, where it was built.
    ///
    /// # Fix
    /// Link with `python3.lib` (define `Py_LIMITED_API`; PyO3: a feature `abi3-py38`; CMake:
    /// `Python::SABIModule`).
    pub(super) static RULE: "version-specific-python-dll", Abi, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(promise) = Promise::of(facts, Format::Pe).filter(|promise| promise.every && !promise.builds.is_empty())
    else {
        return;
    };
    for (binary, slice) in facts.slices() {
        if binary.binary.format != Format::Pe || binary.role == Role::Program {
            continue;
        }
        let wrong: Vec<_> = slice
            .libraries
            .iter()
            .filter_map(|library| Some((library, PythonLibrary::parse(&library.name)?)))
            .filter(|(_, python)| !serves(*python, &promise))
            .map(|(library, _)| library)
            .collect();
        if wrong.is_empty() {
            continue;
        }
        let loaded = wrong.iter().any(|library| !library.delayed) && binary.role != Role::Library;
        let severity = if loaded { Severity::Error } else { Severity::Warning };
        let names: Vec<&str> = wrong.iter().map(|library| library.name.as_str()).collect();
        let right = right(&promise);
        let message = format!("loads {}, but its tags need {right}", some_of(&names));
        found.add(
            Finding::new(severity, binary.place(slice), message)
                .details(names)
                .fix(format!("link with the import library of {right}")),
        );
    }
}

/// Whether every promised interpreter has the library, or, for several exact versions, whether one has.
fn serves(python: PythonLibrary, promise: &Promise) -> bool {
    let has = |build: &Build| match python {
        PythonLibrary::Stable { debug: true, .. } | PythonLibrary::Version { debug: true, .. } => false,
        PythonLibrary::Stable { free_threaded, .. } => {
            free_threaded == build.free_threaded || (free_threaded && build.version >= (3, 15))
        }
        PythonLibrary::Version { version, free_threaded, .. } => {
            (version, free_threaded) == (build.version, build.free_threaded)
        }
        // Reported by `links-libpython`.
        PythonLibrary::Unix => true,
    };
    if promise.stable { promise.builds.iter().all(has) } else { promise.builds.iter().any(has) }
}

/// The library that satisfies a promise.
fn right(promise: &Promise) -> String {
    let threads = promise.builds.iter().any(|build| build.free_threaded);
    match promise.builds.first() {
        Some(build) if !promise.stable => {
            format!(
                "python{}{}.dll",
                monowheel_wheel::abi::dotted(build.version).replace('.', ""),
                if threads { "t" } else { "" }
            )
        }
        _ if threads => "python3t.dll".to_owned(),
        _ => "python3.dll".to_owned(),
    }
}
