//! Comparing wheels and sdists: every cause is forged and must be named.

#![allow(clippy::unwrap_used, reason = "a fixture that cannot be made, or compared, is a failed test")]

use monowheel_forge as forge;

mod binaries;
mod packing;
mod properties;
mod sdists;
mod texts;

use monowheel_build::compare::{self, Comparison, Difference, Kind};

/// Compares two wheels in memory, both ways: the result must not depend on which is called A.
pub(crate) fn wheels(a: &[u8], b: &[u8]) -> Vec<Difference> {
    let one = compare::wheels(&a, &b).unwrap();
    let other = compare::wheels(&b, &a).unwrap();
    assert_eq!(kinds(&one), kinds(&other), "{one:#?}\n{other:#?}");
    one.differences().to_vec()
}

/// The kinds of all differences, each once.
pub(crate) fn kinds(comparison: &Comparison) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = comparison.differences().iter().map(|difference| difference.kind).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// Each difference as `kind: cause`.
pub(crate) fn said(differences: &[Difference]) -> Vec<String> {
    differences.iter().map(|difference| format!("{}: {}", difference.kind.word(), difference.cause)).collect()
}

/// One difference of that kind whose cause has all these words.
#[track_caller]
pub(crate) fn has<'a>(differences: &'a [Difference], kind: Kind, words: &[&str]) -> &'a Difference {
    let fits =
        |difference: &&Difference| difference.kind == kind && words.iter().all(|word| difference.cause.contains(word));
    let found = differences.iter().find(fits);
    found.unwrap_or_else(|| panic!("no {kind:?} with {words:?} in {:#?}", said(differences)))
}
