//! `parameter-required`

use crate::diff::pair::Both;
use crate::diff::pair::Pair;
use crate::diff::{Found, Level, Lint};

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "parameter-required",
    summary: "A parameter without a default is new, or a parameter has lost its default.",
    whom: "Callers who leave it out.",
    example: ["def f(a, b=1): ...", "def f(a, b): ..."],
    level: Level::Major,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    for Both { name, old, new } in pair.signatures() {
        for (index, one) in new.parameters.iter().enumerate().filter(|(_, one)| one.is_required()) {
            let by_name = old.parameters.iter().find(|other| other.name == one.name);
            let by_place =
                old.parameters.get(index).filter(|other| other.kind.is_positional() && one.kind.is_positional());
            match by_name.or(by_place) {
                Some(other) if other.is_required() => {}
                Some(_) => found.add(&LINT, &name, format!("the parameter {} has no default any more", one.name)),
                None => found.add(&LINT, &name, format!("the new parameter {} has no default", one.name)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::{found, function};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(found(&function("f(a)"), &function("f(a, b)")).contains(&"parameter-required"));
        assert!(found(&function("f(a=1)"), &function("f(a)")).contains(&"parameter-required"));
        assert!(!found(&function("f(a)"), &function("f(a, b=1)")).contains(&"parameter-required"));
        assert!(!found(&function("f(a)"), &function("f(b)")).contains(&"parameter-required"));
    }
}
