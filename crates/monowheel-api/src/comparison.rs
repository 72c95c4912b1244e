//! A verdict on what changed from one release to another: whether the version number says what breaks.

use monowheel_error::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

use crate::diff::{Change, Level};
use crate::{bump, diff, set};

/// A change that a project makes on purpose, whatever its version number says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Allowance {
    /// The lint.
    pub lint: String,
    /// The complete name of what changed, as the report shows it.
    pub name: String,
    /// The reason.
    pub reason: String,
}

impl Allowance {
    /// Checks what its types leave open.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if there is no such lint, or no reason.
    pub fn check(&self) -> Result<()> {
        if !lints().any(|lint| lint == self.lint) {
            return Err(Error::new(ErrorKind::Usage, format!("unknown lint {:?} of api diff", self.lint))
                .next("docs/api.md lists the lints"));
        }
        if self.reason.trim().is_empty() {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("{} is allowed for {} without a reason", self.lint, self.name),
            )
            .next("add a reason: reason = \"…\""));
        }
        Ok(())
    }

    fn is_for(&self, change: &Change) -> bool {
        self.lint == change.lint && self.name == change.name
    }
}

/// The ids of all lints.
pub fn lints() -> impl Iterator<Item = &'static str> {
    diff::ALL.iter().chain(&set::ALL).map(|lint| lint.id)
}

/// A change, and why it is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Allowed {
    /// The change.
    #[serde(flatten)]
    pub change: Change,
    /// The reason.
    pub reason: String,
}

/// What changed, and what it asks of the version number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The changes that count.
    pub changes: Vec<Change>,
    /// Those that the project allows.
    pub allowed: Vec<Allowed>,
    /// What the changes ask of the version number.
    pub level: Level,
    /// The least version after the old one.
    pub least_version: Option<String>,
    /// Whether the new version is at least that; none if one of them is not known.
    pub is_enough: Option<bool>,
}

impl Comparison {
    /// Judges the changes from the version `old` to the version `new`.
    #[must_use]
    pub fn of(changes: Vec<Change>, allow: &[Allowance], old: Option<&str>, new: Option<&str>) -> Self {
        let mut found = Self {
            changes: Vec::new(),
            allowed: Vec::new(),
            level: Level::Patch,
            least_version: None,
            is_enough: None,
        };
        for change in changes {
            match allow.iter().find(|allowance| allowance.is_for(&change)) {
                Some(allowance) => found.allowed.push(Allowed { change, reason: allowance.reason.clone() }),
                None => found.changes.push(change),
            }
        }
        found.changes.sort_by_key(|change| std::cmp::Reverse(change.level));
        found.level = found.changes.iter().map(|change| change.level).max().unwrap_or_default();
        found.least_version = old.and_then(|old| bump::least(old, found.level));
        found.is_enough = old.zip(new).and_then(|(old, new)| bump::is_enough(old, new, found.level));
        found
    }

    /// All changes: users see those that are allowed, too.
    #[must_use]
    pub fn all(&self) -> Vec<Change> {
        self.changes.iter().chain(self.allowed.iter().map(|allowed| &allowed.change)).cloned().collect()
    }

    /// The number of changes of a level.
    #[must_use]
    pub fn number(&self, level: Level) -> usize {
        self.changes.iter().filter(|change| change.level == level).count()
    }

    /// Whether the version is too small. Without two versions, whether something breaks.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        !self.is_enough.unwrap_or(self.level < Level::Major)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(lint: &'static str, level: Level, name: &str) -> Change {
        Change { lint, level, name: name.to_owned(), what: "it is gone".to_owned(), whom: "" }
    }

    #[test]
    fn what_is_allowed_by_name_does_not_count() {
        let changes = vec![change("name-added", Level::Minor, "a.new"), change("name-removed", Level::Major, "a.old")];
        let allow = |lint: &str, name: &str| {
            [Allowance { lint: lint.to_owned(), name: name.to_owned(), reason: "nobody called it".to_owned() }]
        };
        for (allow, new, is_refused) in [
            (allow("name-removed", "a.old"), "1.1.0", false),
            (allow("name-removed", "a.old"), "1.0.1", true),
            (allow("name-removed", "a.other"), "1.1.0", true),
            (allow("member-removed", "a.old"), "1.1.0", true),
            (allow("name-removed", "a.other"), "2.0.0", false),
        ] {
            let found = Comparison::of(changes.clone(), &allow, Some("1.0.0"), Some(new));
            assert_eq!(found.is_refused(), is_refused, "{allow:?} {new}");
            assert_eq!(found.all().len(), 2);
        }
        assert!(Comparison::of(changes.clone(), &[], None, Some("9.0.0")).is_refused());
        assert!(!Comparison::of(changes, &allow("name-removed", "a.old"), None, None).is_refused());
    }

    #[test]
    fn an_allowance_names_a_lint_and_a_reason() {
        let of = |lint: &str, reason: &str| {
            Allowance { lint: lint.to_owned(), name: "a".to_owned(), reason: reason.to_owned() }.check()
        };
        assert!(of("platform-dropped", "no users").is_ok() && of("name-removed", "moved").is_ok());
        assert!(of("name-removd", "moved").is_err() && of("name-removed", " ").is_err());
    }
}
