//! `import-removed`

use crate::diff::{Found, Level, Lint};
use crate::set::Sets;

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "import-removed",
    summary: "The distribution does not provide a name for import any more.",
    whom: "Everyone who imports it.",
    example: ["demo, demo_extra", "demo"],
    level: Level::Major,
};

pub(crate) fn check(sets: &Sets<'_>, found: &mut Found) {
    // Without any name, the wheel was not read.
    if sets.new.imports.is_empty() {
        return;
    }
    for name in sets.old.imports.iter().filter(|name| !sets.new.imports.contains(name)) {
        found.add(&LINT, name, "it cannot be imported any more");
    }
}

#[cfg(test)]
mod tests {
    use crate::set::lints::tests::{found, with};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(
            found(
                &with(&[], |facts| facts.imports = vec!["a".to_owned(), "b".to_owned()]),
                &with(&[], |facts| facts.imports = vec!["a".to_owned()])
            )
            .contains(&"import-removed")
        );
        assert!(
            !found(
                &with(&[], |facts| facts.imports = vec!["a".to_owned()]),
                &with(&[], |facts| facts.imports = vec!["a".to_owned(), "b".to_owned()])
            )
            .contains(&"import-removed")
        );
        assert!(
            !found(&with(&[], |facts| facts.imports = vec!["a".to_owned()]), &with(&[], |_| {}))
                .contains(&"import-removed")
        );
    }
}
