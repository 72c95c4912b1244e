use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};
use crate::set::{Outline, Set};

rule! {
    /// The wheels of one version contain different Python files.
    ///
    /// # What it does
    /// Compares the `.py` and `.pyi` files of all wheels of a version, by path and by content. Line endings are
    /// ignored, since a checkout on Windows changes them.
    ///
    /// # Why it matters
    /// The package behaves differently, or misses a module, depending on the platform. The cause is often a wheel from
    /// an older checkout, or a build that wrote files into the source. A repair tool may change `__init__.py` on
    /// purpose (delvewheel adds a DLL directory).
    ///
    /// # Example
    /// `demo/_version.py` contains `1.0` in the Windows wheel and `1.0.dev3` in the others.
    ///
    /// # Fix
    /// Build all wheels from one sdist.
    pub(super) static RULE: "python-files-differ", Set, Warning, Set(check);
}

fn check(set: &Set, found: &mut Found<'_>) {
    let mut versions: BTreeMap<&str, Vec<&Outline>> = BTreeMap::new();
    // A wheel that was read only in part has no hashes.
    for wheel in set.wheels.iter().filter(|wheel| !wheel.python_files.is_empty()) {
        versions.entry(wheel.version.as_deref().unwrap_or_default()).or_default().push(wheel);
    }
    for wheels in versions.values().filter(|wheels| wheels.len() > 1) {
        compare(wheels, found);
    }
}

fn compare(wheels: &[&Outline], found: &mut Found<'_>) {
    // Path → content → wheels.
    let mut files: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    for wheel in wheels {
        for (path, hash) in &wheel.python_files {
            files.entry(path).or_default().entry(hash).or_default().push(&wheel.file);
        }
    }
    let mut differing = Vec::new();
    let mut details = Vec::new();
    for (path, contents) in &files {
        let holders: usize = contents.values().map(Vec::len).sum();
        if contents.len() > 1 {
            differing.push(*path);
            // The wheels that differ from the majority are listed.
            let fewest = contents.values().min_by_key(|wheels| wheels.len()).map_or(&[][..], |wheels| wheels);
            details.push(format!("{path}: {} different contents; one only in {}", contents.len(), some_of(fewest)));
        } else if holders < wheels.len() {
            differing.push(*path);
            let with: BTreeSet<&str> = contents.values().flatten().copied().collect();
            let without: Vec<&str> =
                wheels.iter().map(|wheel| wheel.file.as_str()).filter(|file| !with.contains(file)).collect();
            details.push(format!("{path}: not in {}", some_of(&without)));
        }
    }
    if !differing.is_empty() {
        let message = format!("{} Python files differ between the wheels: {}", differing.len(), some_of(&differing));
        found.add(
            Finding::new(Severity::Warning, Place::file(), message)
                .details(details)
                .fix("build all wheels from one sdist"),
        );
    }
}
