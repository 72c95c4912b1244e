use std::collections::BTreeMap;

use crate::finding::{Finding, Place, Severity, some_of};
use crate::resolve::{self, Machine};
use crate::rule::{Found, rule};
use crate::set::{Interpreter, Set};

rule! {
    /// A Python version has a wheel on some platforms of the release but not on another.
    ///
    /// # What it does
    /// Builds the resolution map (CPython 3.8 to 3.15, 3.14t and 3.15t on every platform of the wheels) and looks for
    /// interpreters that one platform does not cover and another does. Pythons that never existed for a platform do not
    /// count (Windows on ARM64 before 3.11, iOS and Android before 3.13, free-threaded builds for both, and all but the
    /// one Python of a Pyodide ABI), nor do those that a newer system of the same kind covers: requiring a newer glibc
    /// or macOS is a choice.
    ///
    /// # Why it matters
    /// There the installer selects an older release, builds from source, or fails, and the floor that the other wheels
    /// promise does not hold.
    ///
    /// # Example
    /// `cp38-abi3` for Linux and macOS, `cp39-abi3` for Windows: nothing for Python 3.8 on Windows.
    ///
    /// # Fix
    /// Build every platform with the same floor and the same ABI families.
    pub(super) static RULE: "coverage-gap", Set, Warning, Set(check);
}

fn check(set: &Set, found: &mut Found<'_>) {
    let machines = resolve::machines(set);
    let coverage = resolve::coverage(set);
    // Per kind of platform: its oldest machine, and for each interpreter whether any machine gets a wheel.
    let mut kinds: Vec<(&Machine, Vec<bool>)> = Vec::new();
    for (machine, row) in machines.iter().zip(&coverage.rows) {
        let served = row.wheels.iter().map(Option::is_some);
        match kinds.iter_mut().find(|(known, _)| known.is_like(machine)) {
            Some((_, known)) => known.iter_mut().zip(served).for_each(|(known, served)| *known |= served),
            None => kinds.push((machine, served.collect())),
        }
    }
    // A kind without any wheel was only declared, which another rule reports.
    kinds.retain(|(_, served)| served.contains(&true));
    let anywhere: Vec<bool> =
        (0..coverage.pythons.len()).map(|at| kinds.iter().any(|(_, served)| served.get(at) == Some(&true))).collect();
    // Platforms with the same gaps are reported together.
    let mut gaps: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for (machine, served) in &kinds {
        let platform = machine.name();
        let cells = coverage.pythons.iter().zip(served).zip(&anywhere);
        let missing: Vec<String> = cells
            .filter(|((python, served), anywhere)| **anywhere && !**served && was_made(python, machine, &platform))
            .map(|((python, _), _)| python.to_string())
            .collect();
        if !missing.is_empty() {
            gaps.entry(missing).or_default().push(platform);
        }
    }
    for (pythons, platforms) in gaps {
        let (pythons, on) = (pythons.join(", "), some_of(&platforms));
        let message = format!("no wheel for Python {pythons} on {on}, though other platforms have one");
        found.add(
            Finding::new(Severity::Warning, Place::file(), message)
                .details(platforms)
                .fix("build every platform with the same floor and the same ABI families"),
        );
    }
}

/// Whether the interpreter was ever released for the platform.
fn was_made(python: &Interpreter, machine: &Machine, platform: &str) -> bool {
    if platform.starts_with("ios_") || platform.starts_with("android_") {
        // PEP 730 and 738.
        return python.version >= (3, 13) && !python.free_threaded;
    }
    machine.has_python(python.version, python.free_threaded) && (platform != "win_arm64" || python.version >= (3, 11))
}
