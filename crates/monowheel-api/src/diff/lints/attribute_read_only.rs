//! `attribute-read-only`

use crate::diff::pair::Pair;
use crate::diff::pair::{Both, Member};
use crate::diff::{Found, Level, Lint};

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "attribute-read-only",
    summary: "An attribute can no longer be set.",
    whom: "Everyone who sets it: AttributeError.",
    example: ["#[pyo3(get, set)]", "#[pyo3(get)]"],
    level: Level::Major,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    for Both { name, old, new } in pair.members() {
        if let (Member::Attribute(old), Member::Attribute(new)) = (old, new) {
            if old.is_settable && !new.is_settable {
                found.add(&LINT, name, "it cannot be set any more");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::{class, found, function};

    #[test]
    fn fires_and_does_not_fire() {
        let with = |is_settable| {
            let mut surface = class("m()");
            let one = crate::surface::Attribute { name: "x".to_owned(), is_settable, ..Default::default() };
            surface.modules[0].classes[0].attributes.push(one);
            surface
        };
        assert!(found(&with(true), &with(false)).contains(&"attribute-read-only"));
        assert!(!found(&with(false), &with(true)).contains(&"attribute-read-only"));
        assert!(!found(&function("f()"), &function("f()")).contains(&"attribute-read-only"));
    }
}
