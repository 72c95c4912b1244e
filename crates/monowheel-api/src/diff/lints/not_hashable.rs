//! `not-hashable`

use crate::diff::pair::Both;
use crate::diff::pair::Pair;
use crate::diff::{Found, Level, Lint};

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "not-hashable",
    summary: "Instances of a class have no hash any more.",
    whom: "Everyone who has them in a set or as keys of a dict.",
    example: ["#[pyclass(frozen, eq, hash)]", "#[pyclass(frozen, eq)]"],
    level: Level::Major,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    for Both { name, old, new } in pair.classes() {
        if old.flags.is_hashable == Some(true) && new.flags.is_hashable == Some(false) {
            found.add(&LINT, name, "its instances have no hash any more");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::{class, found, function};

    #[test]
    fn fires_and_does_not_fire() {
        let with = |value| {
            let mut surface = class("m()");
            surface.modules[0].classes[0].flags.is_hashable = value;
            surface
        };
        assert!(found(&with(Some(true)), &with(Some(false))).contains(&"not-hashable"));
        for (old, new) in [(Some(false), Some(true)), (Some(true), Some(true)), (None, Some(false)), (Some(true), None)]
        {
            assert!(!found(&with(old), &with(new)).contains(&"not-hashable"));
        }
        assert!(!found(&function("f()"), &function("f()")).contains(&"not-hashable"));
    }
}
