//! `extra-removed`

use crate::diff::{Found, Level, Lint};
use crate::set::Sets;
use crate::set::lints::dependency_added::normal;

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "extra-removed",
    summary: "An extra is gone.",
    whom: "Everyone who installs NAME[extra]: pip warns, and leaves its distributions out.",
    example: ["Provides-Extra: speed", ""],
    level: Level::Major,
};

pub(crate) fn check(sets: &Sets<'_>, found: &mut Found) {
    let is_there = |extra: &str| sets.new.extras.iter().any(|other| normal(other) == normal(extra));
    for extra in sets.old.extras.iter().filter(|extra| !is_there(extra)) {
        found.add(&LINT, format!("[{extra}]"), "the extra is gone");
    }
}

#[cfg(test)]
mod tests {
    use crate::set::lints::tests::{found, with};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(
            found(&with(&[], |facts| facts.extras.push("speed".to_owned())), &with(&[], |_| {}))
                .contains(&"extra-removed")
        );
        assert!(
            !found(
                &with(&[], |facts| facts.extras.push("a_b".to_owned())),
                &with(&[], |facts| facts.extras.push("a-b".to_owned()))
            )
            .contains(&"extra-removed")
        );
        assert!(
            !found(&with(&[], |_| {}), &with(&[], |facts| facts.extras.push("speed".to_owned())))
                .contains(&"extra-removed")
        );
    }
}
