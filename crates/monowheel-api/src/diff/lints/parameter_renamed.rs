//! `parameter-renamed`

use crate::diff::pair::{Both, Pair, is_operator};
use crate::diff::{Found, Level, Lint};
use crate::surface::{Kind, Parameter};

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "parameter-renamed",
    summary: "A parameter that can be passed by name has another name.",
    whom: "Callers who pass it by name.",
    example: ["def f(text): ...", "def f(source): ..."],
    level: Level::Major,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    for Both { name, old, new } in pair.signatures().into_iter().filter(|both| !is_operator(&both.name)) {
        let is_there = |parameters: &[Parameter], name: &str| parameters.iter().any(|one| one.name == name);
        for (index, one) in old.parameters.iter().enumerate().filter(|(_, one)| one.kind == Kind::Either) {
            let Some(other) = new.parameters.get(index).filter(|other| other.kind.is_positional()) else { continue };
            // One that is also elsewhere has moved; one that is new was put before it.
            let is_renamed = other.name != one.name
                && !is_there(&new.parameters, &one.name)
                && !is_there(&old.parameters, &other.name);
            if is_renamed && other.kind == Kind::Either && !new.collects(&one.name) {
                found.add(&LINT, &name, format!("the parameter {} is now {}", one.name, other.name));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::{class, found, function};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(found(&function("f(a)"), &function("f(b)")).contains(&"parameter-renamed"));
        assert!(!found(&function("f(a, /)"), &function("f(b, /)")).contains(&"parameter-renamed"));
        assert!(!found(&function("f(a)"), &function("f(a, b=1)")).contains(&"parameter-renamed"));
        assert!(!found(&function("f(a, b)"), &function("f(b, a)")).contains(&"parameter-renamed"));
        assert!(!found(&class("__eq__(a)"), &class("__eq__(b)")).contains(&"parameter-renamed"));
    }
}
