//! `result-widened`

use crate::diff::pair::Pair;
use crate::diff::pair::{Both, Member};
use crate::diff::types::missing;
use crate::diff::{Found, Level, Lint};

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "result-widened",
    summary: "A function can return a type that it did not return.",
    whom: "Callers who use the result as what it was.",
    example: ["def f() -> int: ...", "def f() -> int | None: ..."],
    level: Level::Major,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    for Both { name, old, new } in pair.signatures() {
        let (Some(was), Some(is)) = (&old.returns, &new.returns) else { continue };
        // What a constructor returns is the instance, however it is written.
        let is_constructor = name.ends_with(".__new__");
        let more = missing(was, is);
        if !more.is_empty() && !is_constructor {
            found.add(&LINT, &name, format!("it can return {}, and returned {was}", more.join(" or ")));
        }
    }
    for Both { name, old, new } in pair.members() {
        let (Member::Attribute(old), Member::Attribute(new)) = (old, new) else { continue };
        let (Some(was), Some(is)) = (&old.annotation, &new.annotation) else { continue };
        let more = missing(was, is);
        if !more.is_empty() {
            found.add(&LINT, &name, format!("it can be {}, and was {was}", more.join(" or ")));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::{found, function};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(found(&function("f() -> int"), &function("f() -> int | None")).contains(&"result-widened"));
        assert!(!found(&function("f() -> int | None"), &function("f() -> int")).contains(&"result-widened"));
        assert!(!found(&function("f() -> int"), &function("f()")).contains(&"result-widened"));
        assert!(!found(&function("f() -> float"), &function("f() -> int")).contains(&"result-widened"));
    }
}
