//! `not-subclassable`

use crate::diff::pair::Both;
use crate::diff::pair::Pair;
use crate::diff::{Found, Level, Lint};

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "not-subclassable",
    summary: "A class cannot be subclassed any more.",
    whom: "Everyone with a subclass: the class statement raises TypeError.",
    example: ["#[pyclass(subclass)]", "#[pyclass]"],
    level: Level::Major,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    for Both { name, old, new } in pair.classes() {
        if old.flags.is_subclassable == Some(true) && new.flags.is_subclassable == Some(false) {
            found.add(&LINT, name, "it cannot be subclassed any more");
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
            surface.modules[0].classes[0].flags.is_subclassable = value;
            surface
        };
        assert!(found(&with(Some(true)), &with(Some(false))).contains(&"not-subclassable"));
        for (old, new) in [(Some(false), Some(true)), (Some(true), Some(true)), (None, Some(false)), (Some(true), None)]
        {
            assert!(!found(&with(old), &with(new)).contains(&"not-subclassable"));
        }
        assert!(!found(&function("f()"), &function("f()")).contains(&"not-subclassable"));
    }
}
