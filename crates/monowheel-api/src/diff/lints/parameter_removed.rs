//! `parameter-removed`

use crate::diff::pair::Both;
use crate::diff::pair::Pair;
use crate::diff::{Found, Level, Lint};
use crate::surface::{Kind, Parameter};

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "parameter-removed",
    summary: "A parameter is gone.",
    whom: "Callers who pass it.",
    example: ["def f(a, b=1): ...", "def f(a): ..."],
    level: Level::Major,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    for Both { name, old, new } in pair.signatures() {
        let takes = |kind: Kind| new.parameters.iter().any(|one| one.kind == kind);
        let count = |parameters: &[Parameter]| parameters.iter().filter(|one| one.kind.is_positional()).count();
        // As many by position is a rename, which is another lint.
        let is_shorter = count(&new.parameters) < count(&old.parameters);
        for one in &old.parameters {
            let is_there = new.parameters.iter().any(|other| {
                other.name == one.name || other.kind == one.kind && !one.kind.is_positional() && !one.kind.is_named()
            });
            let is_gone = match one.kind {
                Kind::KeywordOnly => !new.collects(&one.name),
                Kind::Either | Kind::PositionalOnly => is_shorter && !takes(Kind::Arguments),
                Kind::Arguments | Kind::Keywords => true,
            };
            if !is_there && is_gone {
                found.add(&LINT, &name, format!("the parameter {} is gone", one.name));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::{found, function};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(found(&function("f(a, b=1)"), &function("f(a)")).contains(&"parameter-removed"));
        assert!(found(&function("f(*, b)"), &function("f()")).contains(&"parameter-removed"));
        assert!(!found(&function("f(a, b)"), &function("f(a, c)")).contains(&"parameter-removed"));
        assert!(!found(&function("f(a, b)"), &function("f(a, *args)")).contains(&"parameter-removed"));
        assert!(!found(&function("f(*, b)"), &function("f(**kwargs)")).contains(&"parameter-removed"));
    }
}
