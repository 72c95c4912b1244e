//! `member-removed`

use crate::diff::pair::Both;
use crate::diff::pair::Pair;
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
        // A base that is not known may have it.
        if new.unknown.iter().any(|base| !old.unknown.contains(base)) {
            continue;
        }
        for one in pair.lacking(old, new) {
            let what = if one.name == "__new__" { "the constructor is gone" } else { "it is gone" };
            found.add(&LINT, format!("{name}.{}", one.name), what);
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
