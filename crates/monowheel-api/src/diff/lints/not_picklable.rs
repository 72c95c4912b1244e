//! `not-picklable`

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
    for name in pair.classes_that_lost(|flags| flags.is_picklable) {
        found.add(&LINT, name, "its instances cannot be pickled any more");
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::fires_only_when_lost;

    #[test]
    fn fires_and_does_not_fire() {
        fires_only_when_lost("not-picklable", |flags, value| flags.is_picklable = value);
    }
}
