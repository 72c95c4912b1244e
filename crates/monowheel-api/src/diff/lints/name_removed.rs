//! `name-removed`

use crate::diff::pair::Pair;
use crate::diff::{Found, Level, Lint};

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "name-removed",
    summary: "A function, class, value or module is gone.",
    whom: "Everyone who imports or calls it.",
    example: ["def parse(text): ...", ""],
    level: Level::Major,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    if !pair.is_comparable() {
        return;
    }
    for (name, item) in &pair.old {
        // What a removed module contained goes with it.
        let parent = name.rsplit_once('.').map_or("", |(parent, _)| parent);
        let is_in_removed = pair.old.contains_key(parent) && !pair.new.contains_key(parent);
        if pair.new.contains_key(name) || is_in_removed || pair.may_be_there(name) {
            continue;
        }
        found.add(&LINT, name, format!("the {} is gone", item.kind()));
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::{found, function};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(found(&function("f(a)"), &function("g(a)")).contains(&"name-removed"));
        assert!(!found(&function("f(a)"), &function("f(a, b)")).contains(&"name-removed"));
        assert!(!found(&function("_f(a)"), &function("g(a)")).contains(&"name-removed"));
    }
}
