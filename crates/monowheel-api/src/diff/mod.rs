//! Two surfaces → what changed, and whom it breaks. Each lint is a file in `lints`, with what it finds, why it matters
//! and an example.

mod inherit;
mod lints;
mod pair;
pub(crate) mod types;

use serde::Serialize;

pub use lints::ALL;

use crate::diff::pair::Pair;
use crate::surface::Surface;

/// How much a change asks of a version number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing that a user sees.
    #[default]
    Patch,
    /// It adds something.
    Minor,
    /// Code that worked does not.
    Major,
}

impl Level {
    /// For people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// A kind of change.
#[derive(Clone, Copy, Debug)]
pub struct Lint {
    /// Its id.
    pub id: &'static str,
    /// What it finds, in a line.
    pub summary: &'static str,
    /// Whom it breaks; for an addition, whom it serves.
    pub whom: &'static str,
    /// An example: before, and after.
    pub example: [&'static str; 2],
    /// What it asks of a version number.
    pub level: Level,
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The id of its lint.
    pub lint: &'static str,
    /// What it asks of a version number.
    pub level: Level,
    /// The complete name of what changed.
    pub name: String,
    /// What changed.
    pub what: String,
    /// Whom it breaks.
    pub whom: &'static str,
}

/// Changes that say the same of several names, together: the first of them, and the names.
#[must_use]
pub fn grouped<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Vec<(&'a Change, Vec<&'a str>)> {
    let mut groups: Vec<(&Change, Vec<&str>)> = Vec::new();
    for change in changes {
        let is_same = |other: &Change| (other.lint, &other.what) == (change.lint, &change.what);
        match groups.iter_mut().find(|(first, _)| is_same(first)) {
            Some((_, names)) => names.push(&change.name),
            None => groups.push((change, vec![&change.name])),
        }
    }
    groups
}

/// The changes that lints find.
#[derive(Debug, Default)]
pub(crate) struct Found {
    changes: Vec<Change>,
}

impl Found {
    /// Adds a change.
    pub(crate) fn add(&mut self, lint: &Lint, name: impl Into<String>, what: impl Into<String>) {
        let Lint { id, level, whom, .. } = *lint;
        self.changes.push(Change { lint: id, level, name: name.into(), what: what.into(), whom });
    }

    /// The changes: what breaks first, then by name; each once.
    pub(crate) fn sorted(mut self) -> Vec<Change> {
        let key =
            |change: &Change| (std::cmp::Reverse(change.level), change.name.clone(), change.lint, change.what.clone());
        self.changes.sort_by_cached_key(key);
        self.changes.dedup();
        self.changes
    }
}

/// What changed from one surface to another.
#[must_use]
pub fn changes(old: &Surface, new: &Surface) -> Vec<Change> {
    let pair = Pair::of(old, new);
    let mut found = Found::default();
    lints::CHECKS.iter().for_each(|check| check(&pair, &mut found));
    found.sorted()
}
