//! Compares the content of one member: reads no more than necessary, and describes differences in terms of its format.

use monowheel_error::Result;
use sha2::{Digest as _, Sha256};

use crate::compare::found::Found;
use crate::compare::same::{self, Blocks};
use crate::compare::{Kind, WHOLE, binary, bytes, metadata, record, sbom, text};

/// Below this size both are read into memory at once; above, they are hashed first.
const SMALL: u64 = 1 << 20;
/// For a larger text, only the first byte that differs is reported.
const TEXT: usize = 32 << 20;

/// Passes the bytes of a member to a sink; `Some(why)` when they could not be read or do not match the
/// archive's records.
pub(super) type Read<'a> = dyn Fn(&mut dyn FnMut(&[u8])) -> Result<Option<String>> + 'a;

/// A member of one of the files.
pub(super) struct Content<'a> {
    /// Size in bytes, according to the archive.
    pub(super) size: u64,
    /// Reads them.
    pub(super) read: &'a Read<'a>,
}

impl Content<'_> {
    /// All bytes; the inner error is the reason why there are none.
    fn bytes(&self) -> Result<std::result::Result<Vec<u8>, String>> {
        let mut bytes = Vec::new();
        let why = (self.read)(&mut |piece| bytes.extend_from_slice(piece))?;
        Ok(why.map_or(Ok(bytes), Err))
    }

    fn hash(&self) -> Result<std::result::Result<[u8; 32], String>> {
        let mut hash = Sha256::new();
        let why = (self.read)(&mut |piece| hash.update(piece))?;
        Ok(why.map_or_else(|| Ok(hash.finalize().into()), Err))
    }

    fn blocks(&self) -> Result<std::result::Result<Vec<[u8; 32]>, String>> {
        let mut blocks = Blocks::default();
        let why = (self.read)(&mut |piece| blocks.add(piece))?;
        Ok(why.map_or_else(|| Ok(blocks.finish()), Err))
    }
}

/// Compares the content; `likely` means that size and checksum are the same in both.
pub(super) fn compare(path: &str, a: &Content<'_>, b: &Content<'_>, likely: bool, found: &mut Found) -> Result<()> {
    if likely && a.size.max(b.size) > SMALL {
        match (a.hash()?, b.hash()?) {
            (Ok(a), Ok(b)) if a == b => return Ok(()),
            (Ok(_), Ok(_)) => {}
            (a, b) => {
                not_compared(a.err(), b.err(), found);
                return Ok(());
            }
        }
    }
    if a.size.max(b.size) > WHOLE {
        return in_blocks(a, b, found);
    }
    match (a.bytes()?, b.bytes()?) {
        (Ok(a), Ok(b)) => look(path, &a, &b, found),
        (a, b) => not_compared(a.err(), b.err(), found),
    }
    Ok(())
}

fn not_compared(a: Option<String>, b: Option<String>, found: &mut Found) {
    let sides: Vec<String> =
        [("A", a), ("B", b)].into_iter().filter_map(|(side, why)| Some(format!("in {side} {}", why?))).collect();
    found.add(Kind::NotCompared, format!("it cannot be read: {}", sides.join("; ")));
}

fn in_blocks(a: &Content<'_>, b: &Content<'_>, found: &mut Found) -> Result<()> {
    let (left, right) = match (a.blocks()?, b.blocks()?) {
        (Ok(left), Ok(right)) => (left, right),
        (left, right) => {
            not_compared(left.err(), right.err(), found);
            return Ok(());
        }
    };
    if left != right {
        let first = left.iter().zip(&right).position(|(a, b)| a != b).unwrap_or(left.len().min(right.len()));
        let cause = format!(
            "its bytes first differ in the 64 KiB from {:#x} on; it has {} in A and {} in B, too many to compare in detail",
            first * Blocks::SIZE,
            monowheel_error::text::bytes(a.size),
            monowheel_error::text::bytes(b.size)
        );
        found.add(Kind::Data, cause);
    }
    Ok(())
}

/// Reports the differences between two byte strings, by their format.
pub(super) fn look(path: &str, a: &[u8], b: &[u8], found: &mut Found) {
    if a == b {
        return;
    }
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let in_dist_info = folder.split('/').next().is_some_and(|top| top.ends_with(".dist-info"));
    let texts = || Some((as_text(a)?, as_text(b)?));
    if binary::compare(a, b, found) {
        // It has reported everything.
    } else if in_dist_info && file == "RECORD" && !folder.contains('/') {
        record::compare(a, b, found);
    } else if let Some((a, b)) = texts() {
        if is_sbom(path) && sbom::compare(a, b, found) {
            return;
        }
        if (in_dist_info && !folder.contains('/')) || file == "PKG-INFO" {
            metadata::compare(file, a, b, found);
        } else {
            text::compare(a, b, Kind::Text, found);
        }
    }
    if found.is_empty() {
        any(a, b, found);
    }
}

/// JSON that is a bill of materials according to its location (PEP 770) or its name.
fn is_sbom(path: &str) -> bool {
    path.contains(".dist-info/sboms/")
        || path.ends_with(".cyclonedx.json")
        || path.ends_with(".cdx.json")
        || path.ends_with(".spdx.json")
}

fn as_text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| text.len() <= TEXT && !text.contains('\0'))
}

/// Bytes of an unknown format.
pub(super) fn any(a: &[u8], b: &[u8], found: &mut Found) {
    let at = same::first(a, b).unwrap_or(a.len().min(b.len()));
    let cause = if a.len() == b.len() {
        format!("{} of {} differ, the first at {at:#x}", bytes(same::count(a, b)), a.len())
    } else {
        format!("it has {} in A and {} in B; they first differ at {at:#x}", bytes(a.len()), b.len())
    };
    found.add(Kind::Data, cause);
}
