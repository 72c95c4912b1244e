//! `parameter-moved`

use crate::diff::pair::Both;
use crate::diff::pair::Pair;
use crate::diff::{Found, Level, Lint};
use crate::surface::Parameter;

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "parameter-moved",
    summary: "Parameters that can be passed by position have another order.",
    whom: "Callers who pass them by position: without an error, each value arrives as another.",
    example: ["def f(a, b): ...", "def f(b, a): ..."],
    level: Level::Major,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    for Both { name, old, new } in pair.signatures() {
        let positional = |one: &&Parameter| one.kind.is_positional();
        let place = |parameters: &[Parameter], name: &str| {
            parameters.iter().filter(positional).position(|one| one.name == name)
        };
        for (index, one) in old.parameters.iter().filter(positional).enumerate() {
            match place(&new.parameters, &one.name) {
                Some(now) if now != index => {
                    found.add(&LINT, &name, format!("{} was parameter {}, and is {}", one.name, index + 1, now + 1));
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::{found, function};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(found(&function("f(a, b)"), &function("f(b, a)")).contains(&"parameter-moved"));
        assert!(found(&function("f(a)"), &function("f(x=1, a=2)")).contains(&"parameter-moved"));
        assert!(!found(&function("f(a)"), &function("f(a, x=1)")).contains(&"parameter-moved"));
        assert!(!found(&function("f(*, a, b)"), &function("f(*, b, a)")).contains(&"parameter-moved"));
    }
}
