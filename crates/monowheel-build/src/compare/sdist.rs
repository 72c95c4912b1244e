//! Two `.tar.gz` files: their members side by side, then their packaging.

use std::collections::{BTreeMap, BTreeSet};

use monowheel_error::text;
use monowheel_error::{Error, Result};
use monowheel_wheel::source::ReadAt;

use crate::compare::found::{All, Found};
use crate::compare::packaging::{Packaging, is, order};
use crate::compare::tarball::{Entry, Tarball};
use crate::compare::{Comparison, Difference, Kind, Place, content};

/// A member's path, and its number among those with this path; its number in the archive and the member.
type Keyed<'a> = BTreeMap<(&'a str, usize), (usize, &'a Entry)>;

/// A member in both: its path, and its number and the member in A and in B.
type Both<'a> = (&'a str, (usize, &'a Entry), (usize, &'a Entry));

/// See [`super::sdists`]; the bytes are known to differ.
pub(super) fn compare(a: &dyn ReadAt, b: &dyn ReadAt) -> Result<Comparison> {
    let open = |source, side: &str| {
        Tarball::open(source).map_err(|error: Error| {
            let step = "name two sdists (.tar.gz)";
            Error::new(error.kind(), format!("{side} cannot be compared: {}", error.what())).next(step)
        })
    };
    let (left, right) = (open(a, "A")?, open(b, "B")?);
    let mut all = All::default();
    let (lefts, rights) = (keyed(&left), keyed(&right));
    let both: Vec<Both<'_>> = lefts.iter().filter_map(|(key, left)| Some((key.0, *left, *rights.get(key)?))).collect();
    contents(a, b, &both, &mut all)?;
    for (key, (_, entry)) in lefts.iter().filter(|(key, _)| !rights.contains_key(*key)) {
        only_in(key.0, entry, "A", &mut all);
    }
    for (key, (_, entry)) in rights.iter().filter(|(key, _)| !lefts.contains_key(*key)) {
        only_in(key.0, entry, "B", &mut all);
    }
    let mut packaging = Packaging::default();
    for (path, (_, a), (_, b)) in &both {
        headers(path, a, b, &mut packaging);
    }
    packaging.finish(both.len(), &mut all);
    member_order((&left, &lefts), (&right, &rights), &mut all);
    gzip_header(&left, &right, &mut all);
    if all.is_empty() && left.sha256 == right.sha256 {
        let (in_a, in_b) = (text::bytes(a.size()), text::bytes(b.size()));
        let cause = format!("compressed differently, same content: {in_a} in A and {in_b} in B");
        all.archive(Kind::Compression, cause);
    } else if all.is_empty() {
        let cause = "the members and their headers are the same; the bytes between or after them differ";
        all.archive(Kind::Archive, cause.to_owned());
    }
    Ok(all.finish())
}

/// The contents of the members in both.
fn contents(a: &dyn ReadAt, b: &dyn ReadAt, both: &[Both<'_>], all: &mut All) -> Result<()> {
    let changed = |(_, a, b): &&Both<'_>| a.1.sha256 != b.1.sha256;
    let wanted = |right: bool| -> BTreeSet<usize> {
        both.iter().filter(changed).map(|(_, a, b)| if right { b.0 } else { a.0 }).collect()
    };
    let (from_a, from_b) = (Tarball::contents(a, &wanted(false))?, Tarball::contents(b, &wanted(true))?);
    for (path, (number_a, _), (number_b, _)) in both.iter().filter(changed) {
        let mut found = Found::of(path);
        match (from_a.get(number_a), from_b.get(number_b)) {
            (Some(a), Some(b)) => content::look(path, a, b, &mut found),
            _ => found.add(Kind::Data, "its bytes differ; they are too many to compare in detail"),
        }
        all.add(found);
    }
    Ok(())
}

fn member_order(left: (&Tarball, &Keyed<'_>), right: (&Tarball, &Keyed<'_>), all: &mut All) {
    fn in_order<'t>(ball: &'t Tarball, others: &Keyed<'_>) -> Vec<&'t str> {
        let paths = ball.entries.iter().map(|entry| entry.path.as_str());
        paths.filter(|path| others.contains_key(&(*path, 1))).collect()
    }
    if let Some((place, a, b)) = order(&in_order(left.0, right.1), &in_order(right.0, left.1)) {
        let cause = format!("member order: the first that differs is number {place}, {a} in A and {b} in B");
        all.archive(Kind::Order, cause);
    }
}

fn gzip_header(left: &Tarball, right: &Tarball, all: &mut All) {
    if left.gzip_time != right.gzip_time {
        let cause = format!(
            "gzip's time {} (seconds since 1970)",
            is(&left.gzip_time.to_string(), &right.gzip_time.to_string())
        );
        all.archive(Kind::Time, cause);
    }
    if left.gzip_name != right.gzip_name {
        let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "none".to_owned());
        all.archive(Kind::Archive, format!("gzip's file name {}", is(&name(&left.gzip_name), &name(&right.gzip_name))));
    }
}

fn keyed(ball: &Tarball) -> Keyed<'_> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut keyed = BTreeMap::new();
    for (index, entry) in ball.entries.iter().enumerate() {
        let number = seen.entry(&entry.path).or_default();
        *number += 1;
        keyed.insert((entry.path.as_str(), *number), (index, entry));
    }
    keyed
}

fn only_in(path: &str, entry: &Entry, side: &str, all: &mut All) {
    let cause = format!("only in {side}: {path} ({})", text::bytes(entry.size));
    let place = Place { member: Some(path.to_owned()), ..Place::default() };
    all.put(Difference { kind: Kind::Presence, place, cause, follows: false });
}

/// The header fields of a member, apart from its content.
fn headers(path: &str, a: &Entry, b: &Entry, packaging: &mut Packaging) {
    let before = packaging.len();
    let mut differ = |kind, what: &str, a: String, b: String| {
        if a != b {
            packaging.add(kind, what, path, is(&a, &b));
        }
    };
    let number = |number: Option<u64>| number.map_or_else(|| "unreadable".to_owned(), |number| number.to_string());
    let mode =
        |mode: Option<u32>| mode.map_or_else(|| "unreadable".to_owned(), |mode| format!("{:04o}", mode & 0o7777));
    let link = |entry: &Entry| entry.link.clone().unwrap_or_else(|| "none".to_owned());
    let kind = |entry: &Entry| {
        if entry.is_file { "a file".to_owned() } else { format!("of type {:?}", char::from(entry.kind)) }
    };
    differ(Kind::Data, "tar type", kind(a), kind(b));
    differ(Kind::Data, "tar link", link(a), link(b));
    differ(Kind::Mode, "tar mode", mode(a.mode), mode(b.mode));
    differ(Kind::Owner, "tar owner", a.owner.clone(), b.owner.clone());
    differ(Kind::Time, "tar time (seconds since 1970)", number(a.mtime), number(b.mtime));
    let keys: BTreeSet<&String> = a.pax.keys().chain(b.pax.keys()).collect();
    for key in keys {
        let value = |entry: &Entry| entry.pax.get(key).cloned().unwrap_or_else(|| "none".to_owned());
        let kind = if key.ends_with("time") { Kind::Time } else { Kind::Archive };
        differ(kind, &format!("pax record {key}"), value(a), value(b));
    }
    if packaging.len() == before && a.header != b.header && a.size == b.size {
        packaging.add(Kind::Archive, "the tar header", path, "means the same, but is written differently".to_owned());
    }
}
