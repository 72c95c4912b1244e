//! `no-weakrefs`

use crate::diff::pair::Both;
use crate::diff::pair::Pair;
use crate::diff::{Found, Level, Lint};

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "no-weakrefs",
    summary: "Instances of a class cannot be referenced weakly any more.",
    whom: "Everyone who has them in a WeakSet or a cache of weak references.",
    example: ["#[pyclass(weakref)]", "#[pyclass]"],
    level: Level::Major,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    for Both { name, old, new } in pair.classes() {
        if old.flags.has_weakrefs == Some(true) && new.flags.has_weakrefs == Some(false) {
            found.add(&LINT, name, "its instances take no weak references any more");
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
            surface.modules[0].classes[0].flags.has_weakrefs = value;
            surface
        };
        assert!(found(&with(Some(true)), &with(Some(false))).contains(&"no-weakrefs"));
        for (old, new) in [(Some(false), Some(true)), (Some(true), Some(true)), (None, Some(false)), (Some(true), None)]
        {
            assert!(!found(&with(old), &with(new)).contains(&"no-weakrefs"));
        }
        assert!(!found(&function("f()"), &function("f()")).contains(&"no-weakrefs"));
    }
}
