//! `not-hashable`

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
    for name in pair.classes_that_lost(|flags| flags.is_hashable) {
        found.add(&LINT, name, "its instances have no hash any more");
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::fires_only_when_lost;

    #[test]
    fn fires_and_does_not_fire() {
        fires_only_when_lost("not-hashable", |flags, value| flags.is_hashable = value);
    }
}
