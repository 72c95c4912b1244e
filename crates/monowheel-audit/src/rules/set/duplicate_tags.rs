use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::Version;

use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};
use crate::set::Set;

rule! {
    /// Two wheels of the same version share a tag.
    ///
    /// # What it does
    /// Compares the expanded tags of all wheels with the same version (`1.0` is `1.0.0`) and the same build tag.
    /// `manylinux2014` is `manylinux_2_17`, `manylinux2010` is `manylinux_2_12`, and `manylinux1` is `manylinux_2_5`.
    ///
    /// # Why it matters
    /// Which one is installed depends on the order in which an index lists them.
    ///
    /// # Example
    /// `demo-1.0-cp38-abi3-manylinux2014_x86_64.whl` next to
    /// `demo-1.0-cp38-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl`: before and after a repair.
    ///
    /// # Fix
    /// Keep one of them, or give the later one a build tag.
    pub(super) static RULE: "duplicate-tags", Set, Warning, Set(check);
}

/// A version, a build tag and a tag.
type Key<'a> = (Result<Version, &'a str>, &'a str, String);

fn check(set: &Set, found: &mut Found<'_>) {
    let mut owners: BTreeMap<Key<'_>, BTreeSet<&str>> = BTreeMap::new();
    for wheel in &set.wheels {
        let (version, build) =
            (wheel.version.as_deref().unwrap_or_default(), wheel.build.as_deref().unwrap_or_default());
        for tag in &wheel.tags {
            owners
                .entry((version.parse().map_err(|_| version), build, normal(&tag.to_string())))
                .or_default()
                .insert(&wheel.place);
        }
    }
    // One finding for the same wheels, however many tags they share.
    let mut shared: BTreeMap<BTreeSet<&str>, Vec<String>> = BTreeMap::new();
    for ((_, _, tag), wheels) in owners.into_iter().filter(|(_, wheels)| wheels.len() > 1) {
        shared.entry(wheels).or_default().push(tag);
    }
    for (wheels, tags) in shared {
        let wheels: Vec<&str> = wheels.into_iter().collect();
        found.add(
            Finding::new(Severity::Warning, Place::file(), format!("{} wheels share {}", wheels.len(), some_of(&tags)))
                .details(wheels)
                .fix("keep one of them, or give the later one a build tag"),
        );
    }
}

/// A tag in lower case, with the newer name of its policy (PEP 600).
fn normal(tag: &str) -> String {
    let newer = [
        ("-manylinux2014_", "-manylinux_2_17_"),
        ("-manylinux2010_", "-manylinux_2_12_"),
        ("-manylinux1_", "-manylinux_2_5_"),
    ];
    newer.iter().fold(tag.to_ascii_lowercase(), |tag, (old, new)| tag.replace(old, new))
}
