//! `dependency-changed`

use crate::diff::{Found, Level, Lint};
use crate::set::Sets;
use crate::set::lints::dependency_added::{Needed, needed, normal};

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "dependency-changed",
    summary: "The release needs other versions of a distribution.",
    whom: "Everyone whose other requirements name the versions that it took before.",
    example: ["Requires-Dist: numpy>=1.26", "Requires-Dist: numpy>=2"],
    level: Level::Minor,
};

pub(crate) fn check(sets: &Sets<'_>, found: &mut Found) {
    for old in needed(sets.old) {
        let is_same = |new: &Needed<'_>| normal(new.name) == normal(old.name) && new.marker == old.marker;
        let Some(new) = needed(sets.new).find(is_same) else { continue };
        if new.versions != old.versions && !new.versions.is_empty() {
            let was = if old.versions.is_empty() { "any version" } else { &old.versions };
            found.add(&LINT, normal(old.name), format!("it needs {}, and needed {was}", new.versions));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::set::lints::tests::{found, with};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(
            found(
                &with(&[], |facts| facts.requirements.push("numpy>=1".to_owned())),
                &with(&[], |facts| facts.requirements.push("numpy>=2".to_owned()))
            )
            .contains(&"dependency-changed")
        );
        assert!(
            !found(
                &with(&[], |facts| facts.requirements.push("numpy>=1,<3".to_owned())),
                &with(&[], |facts| facts.requirements.push("numpy <3, >=1".to_owned()))
            )
            .contains(&"dependency-changed")
        );
        assert!(
            !found(
                &with(&[], |facts| facts.requirements.push("numpy>=1".to_owned())),
                &with(&[], |facts| facts.requirements.push("numpy".to_owned()))
            )
            .contains(&"dependency-changed")
        );
    }
}
