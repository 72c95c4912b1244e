//! `default-changed`

use crate::diff::pair::Both;
use crate::diff::pair::Pair;
use crate::diff::{Found, Level, Lint};

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "default-changed",
    summary: "The default of a parameter is another.",
    whom: "Callers who leave it out, if they depend on what it was.",
    example: ["def f(size=1): ...", "def f(size=2): ..."],
    level: Level::Minor,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    // A default that only a run would show is `...`.
    let known = |default: &Option<String>| {
        default.clone().filter(|default| default != "...").map(|text| text.replace('\'', "\""))
    };
    for Both { name, old, new } in pair.signatures() {
        for one in &old.parameters {
            let Some(other) = new.parameters.iter().find(|other| other.name == one.name) else { continue };
            if let (Some(was), Some(is)) = (known(&one.default), known(&other.default)) {
                if was != is {
                    found.add(&LINT, &name, format!("the default of {} was {was}, and is {is}", one.name));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::{found, function};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(found(&function("f(a=1)"), &function("f(a=2)")).contains(&"default-changed"));
        assert!(!found(&function("f(a=1)"), &function("f(a=...)")).contains(&"default-changed"));
        assert!(!found(&function("f(a='x')"), &function("f(a=\"x\")")).contains(&"default-changed"));
        assert!(!found(&function("f(a)"), &function("f(a=2)")).contains(&"default-changed"));
    }
}
