//! `no-dict`

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
    for name in pair.classes_that_lost(|flags| flags.has_dict) {
        found.add(&LINT, name, "its instances take no other attributes any more");
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::fires_only_when_lost;

    #[test]
    fn fires_and_does_not_fire() {
        fires_only_when_lost("no-dict", |flags, value| flags.has_dict = value);
    }
}
