//! `member-removed`

use crate::diff::pair::Pair;
use crate::diff::pair::{Both, members};
use crate::diff::{Found, Level, Lint};

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "member-removed",
    summary: "A method or attribute of a class is gone.",
    whom: "Everyone who uses it.",
    example: ["class A:\n    def close(self): ...", "class A: ..."],
    level: Level::Major,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    for Both { name, old, new } in pair.classes() {
        // A base may have it.
        if new.bases.iter().any(|base| !old.bases.contains(base)) {
            continue;
        }
        let left = members(new);
        for (member, _) in members(old).iter().filter(|(member, _)| !left.iter().any(|(known, _)| known == member)) {
            let what = if *member == "__new__" { "the constructor is gone" } else { "it is gone" };
            found.add(&LINT, format!("{name}.{member}"), what);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::{class, found};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(found(&class("m(a)"), &class("n(a)")).contains(&"member-removed"));
        assert!(!found(&class("m(a)"), &class("m(b)")).contains(&"member-removed"));
        assert!(!found(&class("_m(a)"), &class("n(a)")).contains(&"member-removed"));
    }
}
