//! `name-added`

use crate::diff::pair::Both;
use crate::diff::pair::Pair;
use crate::diff::{Found, Level, Lint};

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "name-added",
    summary: "A function, class, value, method or attribute is new.",
    whom: "Everyone; code that uses it needs this version.",
    example: ["", "def parse(text): ..."],
    level: Level::Minor,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    if !pair.is_comparable() {
        return;
    }
    for (name, item) in &pair.new {
        let parent = name.rsplit_once('.').map_or("", |(parent, _)| parent);
        let is_in_added = pair.new.contains_key(parent) && !pair.old.contains_key(parent);
        if !pair.old.contains_key(name) && !is_in_added {
            found.add(&LINT, name, format!("the {} is new", item.kind()));
        }
    }
    for Both { name, old, new } in pair.classes() {
        for member in pair.lacking(new, old) {
            found.add(&LINT, format!("{name}.{member}"), "it is new");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::{class, found, function};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(
            found(&function("f()"), &crate::diff::lints::tests::functions(&["f()", "g()"])).contains(&"name-added")
        );
        assert!(found(&class("m()"), &crate::diff::lints::tests::methods(&["m()", "n()"])).contains(&"name-added"));
        assert!(!found(&function("f()"), &function("f(a)")).contains(&"name-added"));
        assert!(!found(&class("m()"), &class("m(a)")).contains(&"name-added"));
    }
}
