//! Differences of many members in one sentence: modes, times, owners.

use std::collections::BTreeMap;

use crate::compare::found::All;
use crate::compare::{Difference, Kind, Place};

/// Differences of packaging, by their sentence.
#[derive(Debug, Default)]
pub(super) struct Packaging {
    /// Kind, and the sentence around the members' names → the first member, and the number of further ones.
    said: BTreeMap<(Kind, String, String), (String, usize)>,
    added: usize,
}

impl Packaging {
    /// The number of differences added so far.
    pub(super) fn len(&self) -> usize {
        self.added
    }

    /// Adds `{what} of MEMBER {how}`.
    pub(super) fn add(&mut self, kind: Kind, what: &str, member: &str, how: String) {
        self.added += 1;
        let known = self.said.entry((kind, what.to_owned(), how));
        known.and_modify(|(_, more)| *more += 1).or_insert_with(|| (member.to_owned(), 0));
    }

    /// Moves all of them to `all`; `members` is the number of members that both files have.
    pub(super) fn finish(self, members: usize, all: &mut All) {
        for ((kind, what, how), (first, more)) in self.said {
            let (member, who) = match more {
                0 => (Some(first.clone()), first),
                _ if more + 1 == members => (None, format!("all {members} members")),
                1 => (None, format!("{first} and another member")),
                _ => (None, format!("{first} and {more} other members")),
            };
            let place = Place { member, ..Place::default() };
            all.put(Difference { kind, place, cause: format!("{what} of {who} {how}"), follows: false });
        }
    }
}

/// `is 0644 in A and 0755 in B`.
pub(super) fn is(a: &str, b: &str) -> String {
    format!("is {a} in A and {b} in B")
}

/// The first place where two orders of the same names differ: its number from 1, and the names.
pub(super) fn order<'a>(a: &[&'a str], b: &[&'a str]) -> Option<(usize, &'a str, &'a str)> {
    let at = a.iter().zip(b).position(|(a, b)| a != b)?;
    Some((at + 1, a.get(at).copied()?, b.get(at).copied()?))
}
