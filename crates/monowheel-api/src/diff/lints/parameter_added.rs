//! `parameter-added`

use crate::diff::pair::Both;
use crate::diff::pair::Pair;
use crate::diff::{Found, Level, Lint};

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "parameter-added",
    summary: "A parameter with a default is new.",
    whom: "Everyone; code that passes it needs this version.",
    example: ["def f(a): ...", "def f(a, b=1): ..."],
    level: Level::Minor,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    for Both { name, old, new } in pair.signatures() {
        let is_known = |name: &str| old.parameters.iter().any(|one| one.name == name);
        let is_longer = new.parameters.len() > old.parameters.len();
        for one in new.parameters.iter().filter(|one| is_longer && !one.is_required() && !is_known(&one.name)) {
            found.add(&LINT, &name, format!("the parameter {} is new", one.name));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::{found, function};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(found(&function("f(a)"), &function("f(a, b=1)")).contains(&"parameter-added"));
        assert!(!found(&function("f(a)"), &function("f(a, b)")).contains(&"parameter-added"));
        assert!(!found(&function("f(a=1)"), &function("f(b=1)")).contains(&"parameter-added"));
    }
}
