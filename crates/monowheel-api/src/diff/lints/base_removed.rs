//! `base-removed`

use crate::diff::pair::Both;
use crate::diff::pair::Pair;
use crate::diff::{Found, Level, Lint};

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "base-removed",
    summary: "A class or exception has lost a base.",
    whom: "Everyone whose except clause or isinstance() names that base.",
    example: ["class ParseError(ValueError): ...", "class ParseError(Exception): ..."],
    level: Level::Major,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    for Both { name, old, new } in pair.classes() {
        for base in old.bases.iter().filter(|base| !base.starts_with('_') && !new.bases.contains(base)) {
            found.add(&LINT, name, format!("{base} is not one of its bases any more"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::{class, found, function};

    #[test]
    fn fires_and_does_not_fire() {
        let with = |bases: &[&str]| {
            let mut surface = class("m()");
            surface.modules[0].classes[0].bases = bases.iter().map(|base| (*base).to_owned()).collect();
            surface
        };
        assert!(found(&with(&["ValueError"]), &with(&["Exception"])).contains(&"base-removed"));
        assert!(!found(&with(&["ValueError"]), &with(&["ValueError", "KeyError"])).contains(&"base-removed"));
        assert!(!found(&with(&["typing.Generic[T]"]), &with(&[])).contains(&"base-removed"));
        assert!(!found(&with(&["_Private"]), &with(&[])).contains(&"base-removed"));
        // What a base derives from is a base, too.
        assert!(!found(&with(&["Exception"]), &with(&["UnicodeDecodeError"])).contains(&"base-removed"));
        assert!(!found(&with(&["ValueError"]), &with(&["UnicodeDecodeError"])).contains(&"base-removed"));
        assert!(found(&with(&["LookupError"]), &with(&["ValueError"])).contains(&"base-removed"));
        assert!(!found(&function("f()"), &function("f()")).contains(&"base-removed"));
    }
}
