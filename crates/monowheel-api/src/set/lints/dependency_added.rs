//! `dependency-added`

use std::collections::BTreeMap;

use monowheel_wheel::requirement::Requirement;

use crate::diff::{Found, Level, Lint};
use crate::set::Facts;
use crate::set::Sets;

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "dependency-added",
    summary: "The release needs another distribution.",
    whom: "Everyone who installs it: one more distribution, with what it needs.",
    example: ["", "Requires-Dist: numpy"],
    level: Level::Minor,
};

pub(crate) fn check(sets: &Sets<'_>, found: &mut Found) {
    let names =
        |facts: &Facts| needed(facts).map(|one| (normal(one.name), one.to_owned_text())).collect::<BTreeMap<_, _>>();
    let old = names(sets.old);
    for (name, text) in names(sets.new) {
        if !old.contains_key(&name) {
            found.add(&LINT, name, format!("it is needed now: {text}"));
        }
    }
}

/// A requirement, as far as it is compared.
pub(super) struct Needed<'a> {
    pub(super) name: &'a str,
    pub(super) versions: String,
    pub(super) marker: &'a str,
}

impl Needed<'_> {
    fn to_owned_text(&self) -> String {
        let marker = if self.marker.is_empty() { String::new() } else { format!("; {}", self.marker) };
        format!("{}{}{marker}", self.name, self.versions)
    }
}

/// The requirements that hold without an extra.
pub(super) fn needed(facts: &Facts) -> impl Iterator<Item = Needed<'_>> {
    let parsed = facts.requirements.iter().filter_map(|text| Requirement::parse(text).ok());
    parsed.filter(|one| one.extras_asked.is_empty()).map(|one| {
        let mut versions: Vec<String> = one.versions.split(',').map(|part| part.split_whitespace().collect()).collect();
        versions.sort();
        Needed { name: one.name, versions: versions.join(","), marker: one.marker.unwrap_or_default() }
    })
}

/// A name as indexes compare it.
pub(super) fn normal(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}

#[cfg(test)]
mod tests {
    use crate::set::lints::tests::{found, with};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(
            found(&with(&[], |_| {}), &with(&[], |facts| facts.requirements.push("numpy>=2".to_owned())))
                .contains(&"dependency-added")
        );
        assert!(
            !found(
                &with(&[], |facts| facts.requirements.push("numpy>=1".to_owned())),
                &with(&[], |facts| facts.requirements.push("NumPy>=2".to_owned()))
            )
            .contains(&"dependency-added")
        );
        assert!(
            !found(&with(&[], |_| {}), &with(&[], |facts| facts.requirements.push("numpy; extra == 'np'".to_owned())))
                .contains(&"dependency-added")
        );
    }
}
