//! `no-weakrefs`

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
    for name in pair.classes_that_lost(|flags| flags.has_weakrefs) {
        found.add(&LINT, name, "its instances take no weak references any more");
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::fires_only_when_lost;

    #[test]
    fn fires_and_does_not_fire() {
        fires_only_when_lost("no-weakrefs", |flags, value| flags.has_weakrefs = value);
    }
}
