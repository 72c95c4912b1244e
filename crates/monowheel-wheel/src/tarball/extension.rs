//! Headers that are not members but describe the next one: GNU's long names, and those of pax.

use std::collections::BTreeMap;
use std::io::Read as _;

use monowheel_error::Result;
use tar::EntryType;

use crate::tarball::{Limits, pax, unreadable};

/// The overhead of a pax record besides its bytes.
const RECORD: u64 = 64;

/// An entry as it is in the archive.
pub(super) type Entry<'a, 'b> = tar::Entry<'a, &'b mut dyn std::io::Read>;

/// The extensions for the next member, and the limits for all of them.
pub(super) struct Extensions<'l> {
    limits: &'l Limits,
    /// Bytes of all names so far.
    spent: u64,
    /// Members so far.
    pub(super) members: u64,
    next: Next,
}

/// The extensions for the next member.
#[derive(Default)]
pub(super) struct Next {
    /// GNU's long name.
    pub(super) name: Option<Vec<u8>>,
    /// GNU's long link.
    pub(super) link: Option<Vec<u8>>,
    /// The records of pax.
    pub(super) pax: BTreeMap<String, Vec<u8>>,
    has_pax: bool,
}

impl<'l> Extensions<'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self { limits, spent: 0, members: 0, next: Next::default() }
    }

    /// Whether the entry describes the next member; then it is kept until that one comes.
    pub(super) fn take(&mut self, entry: &mut Entry<'_, '_>) -> Result<bool> {
        let kind = entry.header().entry_type();
        if !matches!(
            kind,
            EntryType::GNULongName | EntryType::GNULongLink | EntryType::XHeader | EntryType::XGlobalHeader
        ) {
            self.members += 1;
            return Ok(false);
        }
        if entry.size() > self.limits.name {
            return Err(unreadable(&format_args!(
                "a long name or pax header has {} bytes, but {} are the most",
                entry.size(),
                self.limits.name
            )));
        }
        self.spend(entry.size())?;
        let mut bytes = Vec::new();
        entry.by_ref().take(self.limits.name).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        let twice = match kind {
            EntryType::GNULongName => self.next.name.replace(text(&bytes)?).is_some(),
            EntryType::GNULongLink => self.next.link.replace(text(&bytes)?).is_some(),
            EntryType::XHeader => {
                self.keep(pax::records(&bytes)?)?;
                std::mem::replace(&mut self.next.has_pax, true)
            }
            _ => {
                self.keep(global(&bytes)?)?;
                false
            }
        };
        if twice {
            return Err(unreadable(&"a member has two long names or two pax headers"));
        }
        Ok(true)
    }

    /// Stores pax records. The shortest has five bytes, and in memory many more.
    fn keep(&mut self, records: Vec<pax::Record>) -> Result<()> {
        self.spend(RECORD * records.len() as u64)?;
        self.next.pax.extend(records);
        Ok(())
    }

    /// Counts bytes of a name.
    pub(super) fn spend(&mut self, bytes: u64) -> Result<()> {
        self.spent = self.spent.saturating_add(bytes);
        if self.spent > self.limits.names {
            return Err(unreadable(&format_args!("its names are more than {} MiB", self.limits.names >> 20)));
        }
        Ok(())
    }

    /// The extensions for the current member.
    pub(super) fn next(&mut self) -> Next {
        std::mem::take(&mut self.next)
    }

    /// The archive has ended, so no further member comes.
    pub(super) fn end(&self) -> Result<()> {
        if self.next.name.is_some() || self.next.link.is_some() || self.next.has_pax {
            return Err(unreadable(&"it ends with the name of a member that is missing"));
        }
        Ok(())
    }
}

/// The records of a global header, which apply to every member after it. `git archive` writes its commit into one;
/// records that change members are applied by some readers and not by others.
fn global(bytes: &[u8]) -> Result<Vec<pax::Record>> {
    let records = pax::records(bytes)?;
    let changes =
        |key: &str| matches!(key, "path" | "linkpath" | "size" | "hdrcharset") || key.starts_with("GNU.sparse");
    match records.iter().find(|(key, _)| changes(key)) {
        Some((key, _)) => Err(unreadable(&format_args!("a global pax header sets {key} for all members"))),
        None => Ok(records),
    }
}

/// A long name up to its terminating zero.
fn text(bytes: &[u8]) -> Result<Vec<u8>> {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let name = bytes.get(..end).unwrap_or_default();
    if name.contains(&0) {
        return Err(unreadable(&"a long name contains a NUL byte"));
    }
    Ok(name.to_vec())
}
