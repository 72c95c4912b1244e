//! Sections side by side, each compared according to its content.

use std::collections::{BTreeMap, BTreeSet};

use monowheel_system::hash;

use crate::compare::binary::image::Image;
use crate::compare::binary::{code, comment, data, paths};
use crate::compare::found::Found;
use crate::compare::{Kind, bytes, same};
use crate::image::Role;

/// Two sections with one name.
pub(super) struct Sides<'a> {
    pub(super) name: String,
    pub(super) a: &'a Image<'a>,
    pub(super) b: &'a Image<'a>,
    /// Their numbers.
    pub(super) numbers: (usize, usize),
}

impl<'a> Sides<'a> {
    /// Their bytes, with varying fields zeroed.
    pub(super) fn bytes(&self) -> (&'a [u8], &'a [u8]) {
        (self.a.section(self.numbers.0), self.b.section(self.numbers.1))
    }

    /// The section's address in memory, in A and in B.
    pub(super) fn addresses(&self) -> (u64, u64) {
        let of = |image: &Image<'_>, number: usize| image.sections.get(number).map_or(0, |section| section.address);
        (of(self.a, self.numbers.0), of(self.b, self.numbers.1))
    }
}

/// The sections of both, by name; a repeated name gets the next number.
pub(super) struct Pair<'a> {
    pub a: &'a Image<'a>,
    pub b: &'a Image<'a>,
    pairs: BTreeMap<(String, usize), (Option<usize>, Option<usize>)>,
}

impl<'a> Pair<'a> {
    pub(super) fn of(a: &'a Image<'a>, b: &'a Image<'a>) -> Self {
        let mut pairs: BTreeMap<(String, usize), (Option<usize>, Option<usize>)> = BTreeMap::new();
        for (is_b, image) in [(false, a), (true, b)] {
            let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
            for (number, section) in image.sections.iter().enumerate() {
                let count = seen.entry(&section.name).or_default();
                *count += 1;
                let pair = pairs.entry((section.name.clone(), *count)).or_default();
                if is_b { pair.1 = Some(number) } else { pair.0 = Some(number) }
            }
        }
        Self { a, b, pairs }
    }

    /// The sections that both have and that differ, with their content.
    fn differing(&self) -> Vec<(Role, Sides<'a>)> {
        let both = self.pairs.iter().filter_map(|((name, _), (a, b))| {
            let sides = Sides { name: name.clone(), a: self.a, b: self.b, numbers: ((*a)?, (*b)?) };
            // If damaged files have two sections with one name, the same one is chosen whichever file is called A.
            let in_a = Role::of(self.a.sections.get(sides.numbers.0)?);
            let role = in_a.min(Role::of(self.b.sections.get(sides.numbers.1)?));
            let (a, b) = sides.bytes();
            (a != b).then_some((role, sides))
        });
        both.collect()
    }

    /// Reports differences in code and data, and sections that are in only one file.
    pub(super) fn content(&mut self, found: &mut Found) {
        for ((name, _), pair) in &self.pairs {
            let (image, number, side) = match pair {
                (Some(number), None) => (self.a, *number, "A"),
                (None, Some(number)) => (self.b, *number, "B"),
                _ => continue,
            };
            let Some(section) = image.sections.get(number) else { continue };
            // The linker chooses the sections, which follows from its input.
            let kind = match Role::of(section) {
                Role::Debug | Role::Comment => Kind::Debug,
                Role::BuildId => Kind::Identity,
                Role::Layout => Kind::Layout,
                Role::Code => Kind::Code,
                Role::Data => Kind::Data,
            };
            let size = bytes(section.file.len());
            found.add_in(kind, name, format!("the section `{name}` ({size}) is only in {side}"));
        }
        for (role, sides) in self.differing() {
            match role {
                Role::Code => code::compare(&sides, found),
                Role::Data => data::compare(&sides, found),
                Role::Comment => comment::compare(&sides, found),
                Role::Debug => {
                    let (a, b) = sides.bytes();
                    paths::compare(&paths::Place::of(&sides), a, b, found);
                }
                Role::BuildId | Role::Layout => {}
            }
        }
    }

    /// Reports differences in the others; `follows` if code or data differ.
    pub(super) fn rest(&self, follows: bool, found: &mut Found) {
        let mut tables = BTreeSet::new();
        for (role, sides) in self.differing() {
            let name = &sides.name;
            let (a, b) = sides.bytes();
            let how = if a.len() == b.len() {
                format!("differs in {}, first at {:#x}", bytes(same::count(a, b)), first(&sides, a, b))
            } else {
                format!("has {} in A and {} in B", bytes(a.len()), bytes(b.len()))
            };
            match role {
                Role::BuildId => {
                    // After the note's header and the name `GNU`.
                    let id = |note: &[u8]| hash::hex(note.get(16..).unwrap_or(note));
                    let cause = format!("the build id is {} in A and {} in B", id(a), id(b));
                    found.add_following(Kind::Identity, name, follows, cause);
                }
                Role::Debug => {
                    let follows = follows || found.has(&[Kind::Debug]);
                    tables.insert((name.clone(), follows, how));
                }
                Role::Layout => {
                    let cause = format!("`{name}` (addresses of other parts) {how}");
                    found.add_following(Kind::Layout, name, follows, cause);
                }
                Role::Code | Role::Data | Role::Comment => {}
            }
        }
        for (name, follows, how) in tables {
            found.add_following(Kind::Debug, &name, follows, format!("`{name}` (for a debugger) {how}"));
        }
    }
}

/// The address of the first byte that differs, in A.
fn first(sides: &Sides<'_>, a: &[u8], b: &[u8]) -> u64 {
    sides.addresses().0 + same::first(a, b).unwrap_or_default() as u64
}
