//! `argument-narrowed`

use crate::diff::pair::Both;
use crate::diff::pair::Pair;
use crate::diff::types::missing;
use crate::diff::{Found, Level, Lint};

/// The longest type that is shown beside what it no longer takes.
const LONGEST: usize = 80;

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "argument-narrowed",
    summary: "A parameter no longer takes a type.",
    whom: "Callers who pass that type; with stubs, their type checker reports it.",
    example: ["def f(a: int | str): ...", "def f(a: int): ..."],
    level: Level::Major,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    for Both { name, old, new } in pair.signatures() {
        for (index, one) in old.parameters.iter().enumerate() {
            let by_name = new.parameters.iter().find(|other| other.name == one.name);
            let Some(other) = by_name.or_else(|| new.parameters.get(index).filter(|other| other.kind == one.kind))
            else {
                continue;
            };
            let (Some(was), Some(is)) = (&one.annotation, &other.annotation) else { continue };
            let missing = missing(is, was);
            if !missing.is_empty() {
                let is = if is.len() > LONGEST { String::new() } else { format!(": it is {is}") };
                found.add(&LINT, &name, format!("{} no longer takes {}{is}", one.name, missing.join(" or ")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::{found, function};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(found(&function("f(a: int | str)"), &function("f(a: int)")).contains(&"argument-narrowed"));
        assert!(!found(&function("f(a: int)"), &function("f(a: int | str)")).contains(&"argument-narrowed"));
        assert!(!found(&function("f(a: int)"), &function("f(a: float)")).contains(&"argument-narrowed"));
        assert!(!found(&function("f(a: int)"), &function("f(a)")).contains(&"argument-narrowed"));
    }
}
