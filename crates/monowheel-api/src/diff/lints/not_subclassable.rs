//! `not-subclassable`

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
    for name in pair.classes_that_lost(|flags| flags.is_subclassable) {
        found.add(&LINT, name, "it cannot be subclassed any more");
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::fires_only_when_lost;

    #[test]
    fn fires_and_does_not_fire() {
        fires_only_when_lost("not-subclassable", |flags, value| flags.is_subclassable = value);
    }
}
