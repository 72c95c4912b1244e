//! Collects the differences of one member, and of all, within bounds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use monowheel_error::text::count;

use crate::compare::{Comparison, Difference, IN_ALL, Kind, LineTables, PER_MEMBER, Place};

/// The differences found in one member, or in one slice of it.
#[derive(Debug, Default)]
pub(super) struct Found {
    member: Option<String>,
    /// The prefix of each part: the architecture in a fat file.
    slice: Option<String>,
    /// For RECORD: the members that differ themselves.
    changed: BTreeSet<String>,
    /// What names the functions of stripped binaries.
    tables: Arc<LineTables>,
    /// At most [`PER_MEMBER`] of each kind …
    kept: BTreeMap<Kind, Vec<Difference>>,
    /// … and how many there were.
    counts: BTreeMap<Kind, usize>,
}

impl Found {
    /// An empty list for a member.
    pub(super) fn of(member: &str) -> Self {
        Self { member: Some(member.to_owned()), ..Self::default() }
    }

    /// An empty list for RECORD, which lists the members that differ.
    pub(super) fn of_record(member: &str, changed: BTreeSet<String>) -> Self {
        Self { changed, ..Self::of(member) }
    }

    /// With the names of functions that were stripped.
    pub(super) fn named_by(self, tables: &Arc<LineTables>) -> Self {
        Self { tables: Arc::clone(tables), ..self }
    }

    /// What names the functions of stripped binaries.
    pub(super) fn tables(&self) -> Arc<LineTables> {
        Arc::clone(&self.tables)
    }

    /// Whether a member listed in RECORD differs itself.
    pub(super) fn is_changed(&self, member: &str) -> bool {
        self.changed.contains(member)
    }

    /// Sets the slice that the following differences are in.
    pub(super) fn in_slice(&mut self, slice: Option<String>) {
        self.slice = slice;
    }

    /// Adds a difference of the complete member.
    pub(super) fn add(&mut self, kind: Kind, cause: impl Into<String>) {
        self.put(kind, None, None, cause.into(), false);
    }

    /// Adds a difference of a part of it.
    pub(super) fn add_in(&mut self, kind: Kind, part: &str, cause: impl Into<String>) {
        self.put(kind, Some(part.to_owned()), None, cause.into(), false);
    }

    /// Adds a difference of a part that follows from another difference.
    pub(super) fn add_following(&mut self, kind: Kind, part: &str, follows: bool, cause: impl Into<String>) {
        self.put(kind, Some(part.to_owned()), None, cause.into(), follows);
    }

    /// Adds a difference of a symbol.
    pub(super) fn add_symbol(&mut self, kind: Kind, part: &str, symbol: &str, cause: impl Into<String>) {
        self.put(kind, Some(part.to_owned()), Some(symbol.to_owned()), cause.into(), false);
    }

    /// Whether anything was found.
    pub(super) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The number of differences.
    pub(super) fn total(&self) -> usize {
        self.counts.values().sum()
    }

    /// Whether a difference of one of these kinds was found.
    pub(super) fn has(&self, kinds: &[Kind]) -> bool {
        kinds.iter().any(|kind| self.counts.contains_key(kind))
    }

    /// The number of differences of these kinds.
    pub(super) fn number(&self, kinds: &[Kind]) -> usize {
        kinds.iter().filter_map(|kind| self.counts.get(kind)).sum()
    }

    /// Whether no more of a kind are kept: then calling [`skip`](Self::skip) is enough.
    pub(super) fn is_full(&self, kind: Kind) -> bool {
        self.kept.get(&kind).is_some_and(|kept| kept.len() >= PER_MEMBER)
    }

    /// Counts a difference of a kind that is no longer kept.
    pub(super) fn skip(&mut self, kind: Kind) {
        *self.counts.entry(kind).or_default() += 1;
    }

    fn put(&mut self, kind: Kind, part: Option<String>, symbol: Option<String>, cause: String, follows: bool) {
        *self.counts.entry(kind).or_default() += 1;
        let kept = self.kept.entry(kind).or_default();
        if kept.len() < PER_MEMBER {
            let (part, cause) = match (&self.slice, part) {
                (None, part) => (part, cause),
                (Some(slice), None) => (Some(slice.clone()), format!("{slice}: {cause}")),
                (Some(slice), Some(part)) => (Some(format!("{slice} {part}")), format!("{slice}: {cause}")),
            };
            let place = Place { member: self.member.clone(), part, symbol };
            kept.push(Difference { kind, place, cause, follows });
        }
    }

    /// The reported differences: the first of each kind before the second of any, then the count of the rest.
    fn told(self) -> Vec<Difference> {
        let mut lists: Vec<_> = self.kept.into_values().map(Vec::into_iter).collect();
        let mut told = Vec::new();
        let mut said: BTreeMap<Kind, usize> = BTreeMap::new();
        'rounds: loop {
            let before = told.len();
            for list in &mut lists {
                if told.len() == PER_MEMBER {
                    break 'rounds;
                }
                if let Some(next) = list.next() {
                    *said.entry(next.kind).or_default() += 1;
                    told.push(next);
                }
            }
            if told.len() == before {
                break;
            }
        }
        told.sort_by_key(|difference| difference.kind);
        let rest = self.counts.iter().filter_map(|(kind, number)| {
            let rest = number.saturating_sub(said.get(kind).copied().unwrap_or_default());
            (rest > 0).then(|| (rest, kind.word()))
        });
        let rest: Vec<(usize, &str)> = rest.collect();
        if !rest.is_empty() {
            let number: usize = rest.iter().map(|(number, _)| number).sum();
            let kinds: Vec<String> = rest.iter().map(|(number, word)| format!("{number} of {word}")).collect();
            told.push(Difference {
                kind: Kind::More,
                place: Place { member: self.member, ..Place::default() },
                cause: format!("and {number} more: {}", kinds.join(", ")),
                follows: true,
            });
        }
        told
    }
}

/// The differences found in all members.
#[derive(Debug, Default)]
pub(super) struct All {
    list: Vec<Difference>,
    beyond: usize,
}

impl All {
    /// Adds the differences found in a member.
    pub(super) fn add(&mut self, found: Found) {
        // There may be many until all are sorted; then the first ones found are as good as any others.
        if self.list.len() < IN_ALL * 4 {
            self.list.extend(found.told());
        } else {
            self.beyond += found.total();
        }
    }

    /// Adds one difference.
    pub(super) fn put(&mut self, difference: Difference) {
        if self.list.len() < IN_ALL * 4 {
            self.list.push(difference);
        } else {
            self.beyond += 1;
        }
    }

    /// Adds a difference of the archive itself.
    pub(super) fn archive(&mut self, kind: Kind, cause: String) {
        self.put(Difference { kind, place: Place::default(), cause, follows: false });
    }

    /// Whether anything was found.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All of them, most important first.
    pub(super) fn finish(mut self) -> Comparison {
        // Within its kind, a difference that follows from another comes last.
        self.list.sort_by_key(|difference| (difference.kind, difference.follows));
        let beyond = self.beyond + self.list.len().saturating_sub(IN_ALL);
        self.list.truncate(IN_ALL);
        if beyond > 0 {
            self.list.push(Difference {
                kind: Kind::More,
                place: Place::default(),
                cause: format!("and {} not listed", count(beyond, "difference")),
                follows: true,
            });
        }
        Comparison::Differences(self.list)
    }
}
