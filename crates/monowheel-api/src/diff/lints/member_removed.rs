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
        for member in pair.lacking(old, new) {
            let what = if member == "__new__" { "the constructor is gone" } else { "it is gone" };
            found.add(&LINT, format!("{name}.{member}"), what);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::changes;
    use crate::diff::lints::tests::{class, found};
    use crate::surface::Surface;

    /// A class with this base, which has the method.
    fn derived(method: &str, base: &str) -> Surface {
        let mut surface = class(method);
        surface.modules[0].classes[0].name = base.to_owned();
        // A base of itself, too.
        surface.modules[0].classes[0].bases = vec!["B".to_owned()];
        let mut other = class("own()").modules.remove(0).classes.remove(0);
        (other.name, other.bases) = ("B".to_owned(), vec![base.to_owned()]);
        surface.modules[0].classes.push(other);
        surface
    }

    #[test]
    fn what_a_base_has_lost_is_gone_from_the_class_and_said_once() {
        let names = |old: &Surface, new: &Surface| {
            let changes = changes(old, new).into_iter().filter(|change| change.lint == "member-removed");
            changes.map(|change| change.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&derived("m()", "_A"), &derived("n()", "_A")), ["demo.B.m"]);
        assert_eq!(names(&derived("m()", "A"), &derived("n()", "A")), ["demo.A.m"]);
        // It may come from a base that is not known.
        let mut elsewhere = derived("n()", "_A");
        elsewhere.modules[0].classes[1].bases.push("other.C".to_owned());
        assert!(names(&derived("m()", "_A"), &elsewhere).is_empty());
    }

    #[test]
    fn fires_and_does_not_fire() {
        assert!(found(&class("m(a)"), &class("n(a)")).contains(&"member-removed"));
        assert!(!found(&class("m(a)"), &class("m(b)")).contains(&"member-removed"));
        assert!(!found(&class("_m(a)"), &class("n(a)")).contains(&"member-removed"));
    }
}
