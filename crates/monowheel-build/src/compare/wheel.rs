//! Two zip archives: their members side by side, then their packaging.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use monowheel_error::text;
use monowheel_error::{Error, Result};
use monowheel_wheel::archive::{Archive, Limits, Member};
use monowheel_wheel::source::ReadAt;
use monowheel_wheel::time::dos_text;

use crate::compare::content::{self, Content};
use crate::compare::found::{All, Found};
use crate::compare::member::{Packed, Part, Told, read};
use crate::compare::packaging::{Packaging, is, order};
use crate::compare::{Comparison, Difference, Kind, LineTables, Place, bytes, same};

/// A member's path, and its number among those with this path.
type Key<'a> = (&'a str, usize);

/// See [`super::wheels`]; the bytes are known to differ.
pub(super) fn compare(a: &dyn ReadAt, b: &dyn ReadAt, tables: LineTables) -> Result<Comparison> {
    let open = |source, side: &str| {
        Archive::open(source, &Limits::default()).map_err(|error: Error| {
            let step = "name two wheels (zip archives)";
            Error::new(error.kind(), format!("{side} cannot be compared: {}", error.what())).next(step)
        })
    };
    let (left, right) = (open(a, "A")?, open(b, "B")?);
    let sides =
        Sides { a, b, left: &left, right: &right, told: (Told::of(&left), Told::of(&right)), tables: Arc::new(tables) };
    let mut all = All::default();
    let (lefts, rights) = (by_key(&left.members), by_key(&right.members));
    sides.all_members(&lefts, &rights, &mut all)?;
    member_order(&left, &right, &lefts, &rights, &mut all);
    sides.rest(&mut all);
    if all.is_empty() {
        sides.by_offset(&mut all)?;
    }
    Ok(all.finish())
}

/// The first member whose position differs between the archives, in the directory or else in the file.
fn member_order(
    left: &Archive<'_>,
    right: &Archive<'_>,
    lefts: &BTreeMap<Key<'_>, &Member>,
    rights: &BTreeMap<Key<'_>, &Member>,
    all: &mut All,
) {
    let common = |members: &[&Member], others: &BTreeMap<Key<'_>, &Member>| -> Vec<String> {
        keys_of(members).filter(|(_, key)| others.contains_key(key)).map(|(_, key)| key.0.to_owned()).collect()
    };
    for (what, sorted) in [("member order", false), ("order of the members' data in the file", true)] {
        let in_order = |members: &[Member], others: &BTreeMap<Key<'_>, &Member>| {
            let mut members: Vec<&Member> = members.iter().collect();
            if sorted {
                members.sort_by_key(|member| member.offset);
            }
            common(&members, others)
        };
        let (a, b) = (in_order(&left.members, rights), in_order(&right.members, lefts));
        let (a, b): (Vec<&str>, Vec<&str>) =
            (a.iter().map(String::as_str).collect(), b.iter().map(String::as_str).collect());
        if let Some((place, a, b)) = order(&a, &b) {
            all.archive(
                Kind::Order,
                format!("{what}: the first that differs is number {place}, {a} in A and {b} in B"),
            );
            break;
        }
    }
}

/// The first and only member of a key; a repeated name gets the next number.
fn by_key(members: &[Member]) -> BTreeMap<Key<'_>, &Member> {
    let members: Vec<&Member> = members.iter().collect();
    keys_of(&members).map(|(member, key)| (key, member)).collect()
}

fn keys_of<'a>(members: &[&'a Member]) -> impl Iterator<Item = (&'a Member, Key<'a>)> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let keys: Vec<_> = members
        .iter()
        .map(|member| {
            let number = seen.entry(&member.path).or_default();
            *number += 1;
            (*member, (member.path.as_str(), *number))
        })
        .collect();
    keys.into_iter()
}

fn only_in(path: &str, member: Option<&Member>, in_a: bool, all: &mut All) {
    let size = member.map_or(0, |member| member.size);
    let side = if in_a { "A" } else { "B" };
    let place = Place { member: Some(path.to_owned()), ..Place::default() };
    let cause = format!("only in {side}: {path} ({})", text::bytes(size));
    all.put(Difference { kind: Kind::Presence, place, cause, follows: false });
}

/// Both archives.
struct Sides<'a> {
    a: &'a dyn ReadAt,
    b: &'a dyn ReadAt,
    left: &'a Archive<'a>,
    right: &'a Archive<'a>,
    told: (Told<'a>, Told<'a>),
    tables: Arc<LineTables>,
}

impl Sides<'_> {
    /// Member by member: those in both, and those in only one.
    fn all_members<'m>(
        &self,
        lefts: &BTreeMap<Key<'m>, &'m Member>,
        rights: &BTreeMap<Key<'m>, &'m Member>,
        all: &mut All,
    ) -> Result<()> {
        let keys: BTreeSet<Key<'_>> = lefts.keys().chain(rights.keys()).copied().collect();
        let (mut packaging, mut changed) = (Packaging::default(), BTreeSet::new());
        // RECORD lists the others, so it is the last.
        let (others, records): (Vec<_>, Vec<_>) =
            keys.into_iter().partition(|(path, _)| !path.ends_with(".dist-info/RECORD"));
        let (mut both, mut packed) = (0, Packed::default());
        for key in others.into_iter().chain(records) {
            let path = key.0;
            match (lefts.get(&key), rights.get(&key)) {
                (Some(left), Some(right)) => {
                    both += 1;
                    let mut found = if path.ends_with(".dist-info/RECORD") {
                        Found::of_record(path, changed.clone())
                    } else {
                        Found::of(path).named_by(&self.tables)
                    };
                    self.members(left, right, &mut found, &mut packaging, &mut packed)?;
                    if !found.is_empty() {
                        changed.insert(path.to_owned());
                        all.add(found);
                    }
                }
                (left, right) => {
                    changed.insert(path.to_owned());
                    only_in(path, left.copied().or(right.copied()), left.is_some(), all);
                }
            }
        }
        packaging.finish(both, all);
        packed.finish(all);
        Ok(())
    }

    fn members(
        &self,
        a: &Member,
        b: &Member,
        found: &mut Found,
        packaging: &mut Packaging,
        packed: &mut Packed,
    ) -> Result<()> {
        self.headers(a, b, packaging);
        if a.is_folder && b.is_folder {
            return Ok(());
        }
        let alike = (a.size, a.crc32) == (b.size, b.crc32);
        let (packed_a, packed_b) = (self.left.packed(a)?, self.right.packed(b)?);
        let same_packed = match (&packed_a, &packed_b) {
            (Some(left), Some(right)) => self.same_range(left, right)?,
            _ => false,
        };
        // Members with the same compressed bytes have the same content, whatever it is.
        if alike && same_packed && a.method == b.method {
            return Ok(());
        }
        let read_a = |sink: &mut dyn FnMut(&[u8])| read(self.left, &self.told.0, a, sink);
        let read_b = |sink: &mut dyn FnMut(&[u8])| read(self.right, &self.told.1, b, sink);
        let left = Content { size: a.size, read: &read_a };
        let right = Content { size: b.size, read: &read_b };
        content::compare(&a.path, &left, &right, alike, found)?;
        if found.is_empty() {
            packed.members.push((a.path.clone(), a.method, b.method, a.compressed, b.compressed));
        }
        Ok(())
    }

    /// The directory's fields of a member, apart from its content.
    fn headers(&self, a: &Member, b: &Member, packaging: &mut Packaging) {
        let path = &a.path;
        if a.mode != b.mode {
            let (left, right) = modes(a.mode, b.mode);
            packaging.add(Kind::Mode, "zip mode", path, is(&left, &right));
        }
        if a.modified != b.modified {
            packaging.add(Kind::Time, "zip time", path, is(&dos_text(a.modified), &dos_text(b.modified)));
        }
        let (Some(left), Some(right)) = (self.left.details(a), self.right.details(b)) else { return };
        let hex = |number: u16| format!("{number:#06x}");
        let mut number = |what: &str, a: u16, b: u16| {
            if a != b {
                packaging.add(Kind::Archive, what, path, is(&hex(a), &hex(b)));
            }
        };
        number("zip version of the writer", left.made_by, right.made_by);
        number("zip version needed", left.needed, right.needed);
        number("zip flags", left.flags, right.flags);
        number("zip attributes", left.attributes, right.attributes);
        for (what, a, b) in
            [("zip extra fields", left.extra, right.extra), ("zip comment", left.comment, right.comment)]
        {
            if a != b {
                let said = |field: &[u8]| if field.is_empty() { "none".to_owned() } else { shown(field) };
                packaging.add(Kind::Archive, what, path, is(&said(a), &said(b)));
            }
        }
    }

    fn same_range(&self, a: &Range<u64>, b: &Range<u64>) -> Result<bool> {
        let part = |range: &Range<u64>| range.end - range.start;
        if part(a) != part(b) {
            return Ok(false);
        }
        same::are(&Part { source: self.a, range: a.clone() }, &Part { source: self.b, range: b.clone() })
    }

    /// The bytes before the first member and after the directory.
    fn rest(&self, all: &mut All) {
        let odd = |archive: &Archive<'_>| -> BTreeSet<String> {
            archive
                .oddities
                .iter()
                .filter(|oddity| oddity.member.is_none())
                .map(|oddity| oddity.detail.clone())
                .collect()
        };
        let (a, b) = (odd(self.left), odd(self.right));
        for (side, here, there) in [("A", &a, &b), ("B", &b, &a)] {
            for detail in here.difference(there) {
                all.archive(Kind::Archive, format!("only in {side}: {detail}"));
            }
        }
        let behind = |source: &dyn ReadAt, archive: &Archive<'_>| source.size().saturating_sub(archive.directory().end);
        let (a, b) = (behind(self.a, self.left), behind(self.b, self.right));
        if a != b {
            let size = |size: u64| bytes(usize::try_from(size).unwrap_or(usize::MAX));
            all.archive(
                Kind::Archive,
                format!("the end record with the archive's comment has {} in A and {} in B", size(a), size(b)),
            );
        }
    }

    /// The last resort: the first byte that differs, and its region.
    fn by_offset(&self, all: &mut All) -> Result<()> {
        let Some(at) = same::first_difference(self.a, self.b)? else { return Ok(()) };
        let directory = self.left.directory();
        let before = self.left.members.iter().filter(|member| member.offset <= at).max_by_key(|member| member.offset);
        let region = match before {
            _ if at >= directory.end => "the end record or the archive's comment".to_owned(),
            _ if at >= directory.start => "the directory".to_owned(),
            Some(member) => match self.left.packed(member)? {
                Some(data) if at >= data.end => format!("the bytes after {}", member.path),
                Some(data) if at >= data.start => format!("the compressed data of {}", member.path),
                _ => format!("the local header of {}", member.path),
            },
            None => "the bytes before the first member".to_owned(),
        };
        all.archive(Kind::Archive, format!("the archives first differ at byte {at}, in {region}"));
        Ok(())
    }
}

/// Permissions; with the file type if that differs.
fn modes(a: Option<u32>, b: Option<u32>) -> (String, String) {
    let types = |mode: Option<u32>| mode.map(|mode| mode >> 12);
    let whole = types(a) != types(b);
    let said = |mode: Option<u32>| match mode {
        None => "not recorded".to_owned(),
        Some(mode) if whole => format!("{mode:07o}"),
        Some(mode) => format!("{:04o}", mode & 0o7777),
    };
    (said(a), said(b))
}

/// The first bytes of a field, in hexadecimal.
fn shown(field: &[u8]) -> String {
    const MOST: usize = 16;
    let rest = if field.len() > MOST { "…" } else { "" };
    format!("{}{rest} ({})", monowheel_system::hash::hex(field.get(..MOST).unwrap_or(field)), bytes(field.len()))
}
