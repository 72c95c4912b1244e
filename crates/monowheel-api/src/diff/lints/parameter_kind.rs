//! `parameter-kind`

use crate::diff::pair::{Both, Pair, is_operator};
use crate::diff::{Found, Level, Lint};
use crate::surface::Kind;

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "parameter-kind",
    summary: "A parameter can no longer be passed by position, or by name.",
    whom: "Callers who pass it that way.",
    example: ["def f(a, b=1): ...", "def f(a, *, b=1): ..."],
    level: Level::Major,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    for Both { name, old, new } in pair.signatures() {
        let takes = |kind: Kind| new.parameters.iter().any(|one| one.kind == kind);
        for (index, one) in old.parameters.iter().enumerate() {
            let by_name = new.parameters.iter().find(|other| other.name == one.name);
            // One that is passed by position only may have another name.
            let other =
                by_name.or_else(|| new.parameters.get(index).filter(|other| other.kind == Kind::PositionalOnly));
            let Some(other) = other else { continue };
            let loses_position = one.kind.is_positional() && !other.kind.is_positional() && !takes(Kind::Arguments);
            let loses_name =
                one.kind.is_named() && !other.kind.is_named() && !new.collects(&one.name) && !is_operator(&name);
            if loses_position || loses_name {
                found.add(
                    &LINT,
                    &name,
                    format!("{} is passed {}, and was {}", one.name, other.kind.words(), one.kind.words()),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::{class, found, function};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(found(&function("f(a)"), &function("f(a, /)")).contains(&"parameter-kind"));
        assert!(found(&function("f(a, b)"), &function("f(a, *, b)")).contains(&"parameter-kind"));
        assert!(!found(&function("f(a, /)"), &function("f(a)")).contains(&"parameter-kind"));
        assert!(!found(&function("f(*, b)"), &function("f(b)")).contains(&"parameter-kind"));
        assert!(!found(&function("f(a)"), &function("f(a, *args)")).contains(&"parameter-kind"));
        assert!(!found(&class("__add__(a)"), &class("__add__(a, /)")).contains(&"parameter-kind"));
        assert!(found(&class("__call__(a)"), &class("__call__(a, /)")).contains(&"parameter-kind"));
    }
}
