//! `no-dict`

use crate::diff::pair::Both;
use crate::diff::pair::Pair;
use crate::diff::{Found, Level, Lint};

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "no-dict",
    summary: "Instances of a class do not take other attributes any more.",
    whom: "Everyone who sets attributes of their own on an instance.",
    example: ["#[pyclass(dict)]", "#[pyclass]"],
    level: Level::Major,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    for Both { name, old, new } in pair.classes() {
        if old.flags.has_dict == Some(true) && new.flags.has_dict == Some(false) {
            found.add(&LINT, name, "its instances take no other attributes any more");
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
            surface.modules[0].classes[0].flags.has_dict = value;
            surface
        };
        assert!(found(&with(Some(true)), &with(Some(false))).contains(&"no-dict"));
        for (old, new) in [(Some(false), Some(true)), (Some(true), Some(true)), (None, Some(false)), (Some(true), None)]
        {
            assert!(!found(&with(old), &with(new)).contains(&"no-dict"));
        }
        assert!(!found(&function("f()"), &function("f()")).contains(&"no-dict"));
    }
}
