//! `not-picklable`

use crate::diff::pair::Both;
use crate::diff::pair::Pair;
use crate::diff::{Found, Level, Lint};

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "not-picklable",
    summary: "Instances of a class cannot be pickled any more.",
    whom: "Everyone who passes them to other processes or keeps them in files.",
    example: ["fn __reduce__(&self) -> …", ""],
    level: Level::Major,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    for Both { name, old, new } in pair.classes() {
        if old.flags.is_picklable == Some(true) && new.flags.is_picklable == Some(false) {
            found.add(&LINT, name, "its instances cannot be pickled any more");
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
            surface.modules[0].classes[0].flags.is_picklable = value;
            surface
        };
        assert!(found(&with(Some(true)), &with(Some(false))).contains(&"not-picklable"));
        for (old, new) in [(Some(false), Some(true)), (Some(true), Some(true)), (None, Some(false)), (Some(true), None)]
        {
            assert!(!found(&with(old), &with(new)).contains(&"not-picklable"));
        }
        assert!(!found(&function("f()"), &function("f()")).contains(&"not-picklable"));
    }
}
