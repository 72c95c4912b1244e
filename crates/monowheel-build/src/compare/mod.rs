//! Compares two distributions: identical, or the differences, in words and down to the symbol.
//!
//! [`wheels`], [`sdists`] and [`distributions`] are pure: bytes in, a [`Comparison`] out. They never report
//! files as *identical* whose bytes differ: a difference that no reader understands is reported by its offset. A member
//! that cannot be read is a [`Kind::NotCompared`], so that a caller does not mistake silence for equality. Bytes
//! may be hostile: the archive's limits hold, members beyond `WHOLE` are compared in blocks, and no list
//! grows beyond [`PER_MEMBER`] and `IN_ALL`.
//!
//! The result is the same whichever file is called A, except for the letters: members, sections and names
//! are processed in sorted order, never in the order of one of the files.

mod binary;
mod content;
mod difference;
mod found;
mod member;
mod metadata;
mod packaging;
mod pair;
mod record;
mod same;
mod sbom;
mod sdist;
mod tarball;
mod text;
mod wheel;

pub use difference::{Comparison, Difference, Kind, Place};
pub use pair::{Failure, HeldFolder, Pair, Report, SCHEMA, files, folders, held};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::source::ReadAt;

use crate::symbols::folder::SymbolFile;

/// A larger member is compared in blocks and not in detail: two members are in memory at once.
pub(crate) const WHOLE: u64 = 256 << 20;
/// The maximum number of differences of one member that are reported individually.
pub const PER_MEMBER: usize = 10;
/// The maximum number of differences that are reported in total.
pub(crate) const IN_ALL: usize = 1000;

/// The line tables that are beside two wheels: the names of functions that were stripped.
#[derive(Debug, Default)]
pub(crate) struct LineTables {
    pub(crate) a: Vec<SymbolFile>,
    pub(crate) b: Vec<SymbolFile>,
}

/// Compares two wheels.
///
/// # Errors
/// [`ErrorKind::Format`] when their bytes differ and one of them is not a readable zip archive; the errors of
/// the sources.
pub fn wheels(a: &dyn ReadAt, b: &dyn ReadAt) -> Result<Comparison> {
    if same::are(a, b)? {
        return Ok(Comparison::Identical);
    }
    wheel::compare(a, b, LineTables::default())
}

/// Compares two source distributions (`.tar.gz`).
///
/// # Errors
/// [`ErrorKind::Format`] when their bytes differ and one of them is not a readable `.tar.gz`; the errors of the
/// sources.
pub fn sdists(a: &dyn ReadAt, b: &dyn ReadAt) -> Result<Comparison> {
    if same::are(a, b)? {
        return Ok(Comparison::Identical);
    }
    sdist::compare(a, b)
}

/// Compares two wheels or two sdists, depending on their first bytes.
///
/// # Errors
/// As [`wheels`] and [`sdists`]; [`ErrorKind::Usage`] when one is a wheel and the other an sdist.
pub fn distributions(a: &dyn ReadAt, b: &dyn ReadAt) -> Result<Comparison> {
    with_line_tables(a, b, LineTables::default())
}

/// The same; differences in code are named by the line tables, if both wheels have theirs.
///
/// # Errors
/// As [`distributions`].
pub(crate) fn with_line_tables(a: &dyn ReadAt, b: &dyn ReadAt, tables: LineTables) -> Result<Comparison> {
    if same::are(a, b)? {
        return Ok(Comparison::Identical);
    }
    match (is_gzip(a)?, is_gzip(b)?) {
        (true, true) => sdist::compare(a, b),
        (false, false) => wheel::compare(a, b, tables),
        (is_sdist, _) => {
            let what = if is_sdist { "A is packed by gzip, B is not" } else { "B is packed by gzip, A is not" };
            Err(Error::new(ErrorKind::Usage, format!("{what}: a wheel and an sdist cannot be compared"))
                .next("name two wheels, or two sdists (.tar.gz)"))
        }
    }
}

fn is_gzip(source: &dyn ReadAt) -> Result<bool> {
    let mut magic = [0; 2];
    if source.size() < 2 {
        return Ok(false);
    }
    source.read_at(0, &mut magic)?;
    Ok(magic == [0x1f, 0x8b])
}

/// A counted, not measured, number of bytes: `1 byte`, `12 bytes`.
fn bytes(count: usize) -> String {
    monowheel_error::text::count(count, "byte")
}
