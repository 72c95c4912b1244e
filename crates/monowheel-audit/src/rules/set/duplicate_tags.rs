use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};
use crate::set::Set;

rule! {
    /// Two wheels of the same version share a tag.
    ///
    /// # What it does
    /// Compares the expanded tags of all wheels with the same version and the same build tag.
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

fn check(set: &Set, found: &mut Found<'_>) {
    let mut owners: BTreeMap<(&str, &str, String), BTreeSet<&str>> = BTreeMap::new();
    for wheel in &set.wheels {
        let (version, build) =
            (wheel.version.as_deref().unwrap_or_default(), wheel.build.as_deref().unwrap_or_default());
        for tag in &wheel.tags {
            owners.entry((version, build, tag.to_string().to_ascii_lowercase())).or_default().insert(&wheel.place);
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
