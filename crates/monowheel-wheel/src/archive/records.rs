//! Zip records as they are in the file (PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5).

use crate::bytes::{u16_at, u32_at, u64_at};

/// `PK\x03\x04`.
pub(super) const LOCAL: [u8; 4] = *b"PK\x03\x04";
/// `PK\x01\x02`.
const CENTRAL: [u8; 4] = *b"PK\x01\x02";

/// General purpose bits.
pub(super) mod flag {
    /// The data is encrypted.
    pub(crate) const ENCRYPTED: u16 = 1;
    /// Sizes and CRC follow the data.
    pub(crate) const DESCRIPTOR: u16 = 1 << 3;
    /// The data is a patch.
    pub(crate) const PATCH: u16 = 1 << 5;
    /// Strong encryption.
    pub(crate) const STRONG: u16 = 1 << 6;
    /// The name is UTF-8.
    pub(crate) const UTF8: u16 = 1 << 11;
    /// Values in the local header are masked.
    pub(crate) const MASKED: u16 = 1 << 13;
}

/// The fields common to both records of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    pub(super) needed: u16,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) time: u16,
    pub(super) date: u16,
    pub(super) crc32: u32,
    pub(super) compressed: u32,
    pub(super) size: u32,
    pub(super) name: &'a [u8],
    pub(super) extra: &'a [u8],
}

/// A record of the directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Central<'a> {
    pub(super) record: Record<'a>,
    pub(super) made_by: u16,
    pub(super) disk: u16,
    pub(super) external: u32,
    pub(super) offset: u32,
    pub(super) comment: &'a [u8],
}

impl<'a> Record<'a> {
    /// The size of a local header without name and extra fields.
    pub(super) const LOCAL_LENGTH: usize = 30;

    /// The local header at the start of `bytes`; `None` when there is none or it is truncated.
    pub(super) fn local(bytes: &'a [u8]) -> Option<Self> {
        if !bytes.starts_with(&LOCAL) {
            return None;
        }
        let (name, extra) = (u16_at(bytes, 26)?, u16_at(bytes, 28)?);
        let (name, rest) = bytes.get(Self::LOCAL_LENGTH..)?.split_at_checked(name.into())?;
        Self::parse(bytes.get(4..)?, name, rest.get(..extra.into())?)
    }

    /// The size of the local header.
    pub(super) fn local_length(&self) -> usize {
        Self::LOCAL_LENGTH + self.name.len() + self.extra.len()
    }

    /// The fields that begin with the version needed.
    fn parse(fields: &[u8], name: &'a [u8], extra: &'a [u8]) -> Option<Self> {
        Some(Self {
            needed: u16_at(fields, 0)?,
            flags: u16_at(fields, 2)?,
            method: u16_at(fields, 4)?,
            time: u16_at(fields, 6)?,
            date: u16_at(fields, 8)?,
            crc32: u32_at(fields, 10)?,
            compressed: u32_at(fields, 14)?,
            size: u32_at(fields, 18)?,
            name,
            extra,
        })
    }
}

impl<'a> Central<'a> {
    /// The size without name, extra fields and comment.
    pub(super) const LENGTH: usize = 46;

    /// The record at the start of `bytes`; `None` when there is none or it is truncated.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        if !bytes.starts_with(&CENTRAL) {
            return None;
        }
        let (name, extra, comment) = (u16_at(bytes, 28)?, u16_at(bytes, 30)?, u16_at(bytes, 32)?);
        let (name, rest) = bytes.get(Self::LENGTH..)?.split_at_checked(name.into())?;
        let (extra, rest) = rest.split_at_checked(extra.into())?;
        Some(Self {
            record: Record::parse(bytes.get(6..)?, name, extra)?,
            made_by: u16_at(bytes, 4)?,
            disk: u16_at(bytes, 34)?,
            external: u32_at(bytes, 38)?,
            offset: u32_at(bytes, 42)?,
            comment: rest.get(..comment.into())?,
        })
    }

    /// The size of the complete record.
    pub(super) fn length(&self) -> usize {
        Self::LENGTH + self.record.name.len() + self.record.extra.len() + self.comment.len()
    }
}

/// The marker for a number in a ZIP64 field.
pub(super) const ELSEWHERE: u32 = u32::MAX;

/// Extra fields.
#[derive(Debug, Default)]
pub(super) struct Extra<'a> {
    /// 0x0001: 64-bit numbers.
    pub(super) zip64: Option<&'a [u8]>,
    /// 0x7075: Info-ZIP's second name.
    pub(super) unicode_path: Option<&'a [u8]>,
    /// A malformed field.
    pub(super) fault: Option<String>,
}

impl<'a> Extra<'a> {
    /// More fields than this are rejected; real members have at most five.
    const MOST: usize = 32;

    /// Splits the extra fields of a record. Up to three bytes may remain: zipfile and uv leave them
    /// alone in the directory.
    pub(super) fn parse(mut bytes: &'a [u8], in_local_header: bool) -> Self {
        let mut extra = Self::default();
        let mut seen = [0; Self::MOST];
        let mut count = 0;
        while let (Some(id), Some(length)) = (u16_at(bytes, 0), u16_at(bytes, 2)) {
            let Some((data, rest)) = bytes.get(4..).and_then(|rest| rest.split_at_checked(length.into())) else {
                extra.fault = Some(format!("extra field {id:#06x} is truncated"));
                return extra;
            };
            // The index rejects a repetition of these two, uv of every field.
            if seen.iter().take(count).any(|known| *known == id) {
                extra.fault = Some(format!("extra field {id:#06x} occurs twice"));
                return extra;
            }
            let Some(place) = seen.get_mut(count) else {
                extra.fault = Some(format!("more than {} extra fields", Self::MOST));
                return extra;
            };
            *place = id;
            count += 1;
            match id {
                0x0001 => extra.zip64 = Some(data),
                0x7075 => extra.unicode_path = Some(data),
                _ => {}
            }
            bytes = rest;
        }
        if in_local_header && !bytes.is_empty() {
            extra.fault = Some(format!("{} bytes after the last extra field", bytes.len()));
        }
        extra
    }
}

/// Takes the next number of a ZIP64 field, if the record refers to it; `None` if it is missing.
pub(super) fn take_wide(short: u32, wide: &mut &[u8]) -> Option<u64> {
    if short != ELSEWHERE {
        return Some(short.into());
    }
    let number = u64_at(wide, 0)?;
    *wide = wide.get(8..)?;
    Some(number)
}
