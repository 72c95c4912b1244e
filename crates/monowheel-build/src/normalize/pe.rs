//! PE: time stamps, debug GUIDs and the checksum from content.
//!
//! lld writes the clock into the file header where a build sets neither `SOURCE_DATE_EPOCH` nor
//! `--no-insert-timestamp` (zig does not). Microsoft's linker with `/Brepro` puts a hash there and says so by a
//! debug entry of type REPRO; such a file is left alone. A field of 0 stays 0: it means that there is none.
//! Field names and offsets: Microsoft's "PE Format", and `IMAGE_DEBUG_DIRECTORY` in `winnt.h`.

use monowheel_wheel::bytes::{part, place_at, put, u16_at, u32_at};

use crate::normalize::Done;
use crate::normalize::code::{hash, left};

const EXPORT: usize = 0;
const SECURITY: usize = 4;
const DEBUG: usize = 6;
/// Bytes of an entry of the debug directory.
const ENTRY: usize = 28;
const TYPE_CODEVIEW: u32 = 2;
const TYPE_REPRO: u32 = 16;
const MEM_EXECUTE: u32 = 0x2000_0000;
/// Our stamps are after 2038, so that a hash is not mistaken for a date.
const NO_DATE: u32 = 1 << 31;
/// More debug entries than a linker writes.
const MOST: usize = 64;

/// Writes the fields.
pub(crate) fn finish(bytes: &[u8]) -> Done {
    let Some(image) = Image::of(bytes) else { return left("left as it is: its headers are truncated") };
    if image.directory(SECURITY).is_some_and(|(_, size)| size > 0) {
        return left("left as it is: it is signed (Authenticode)");
    }
    let marks = match image.marks() {
        Ok(Some(marks)) => marks,
        Ok(None) => return Done::default(),
        Err(why) => return left(format!("left as it is: {why}")),
    };
    match marks.write(bytes) {
        Some(new) if new != bytes => Done { bytes: Some(new), said: vec![marks.said()] },
        _ => Done::default(),
    }
}

/// The fields to write, by position.
#[derive(Debug, Default)]
struct Marks {
    stamps: Vec<usize>,
    /// GUID and age: 20 bytes.
    guids: Vec<usize>,
    checksum: Option<usize>,
}

impl Marks {
    fn all(&self) -> impl Iterator<Item = (usize, usize)> {
        let stamps = self.stamps.iter().map(|at| (*at, 4));
        stamps.chain(self.guids.iter().map(|at| (*at, 20))).chain(self.checksum.map(|at| (at, 4)))
    }

    fn write(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut new = bytes.to_vec();
        for (at, size) in self.all() {
            put(&mut new, at, &vec![0; size])?;
        }
        let digest = hash(&[&new]);
        let stamp = u32_at(&digest, 0)? | NO_DATE;
        for at in &self.stamps {
            put(&mut new, *at, &stamp.to_le_bytes())?;
        }
        for at in &self.guids {
            let mut guid = *digest.get(4..20)?.first_chunk::<16>()?;
            // Version 8 of RFC 9562; a GUID has its third number little-endian.
            guid[7] = guid[7] & 0x0f | 0x80;
            guid[8] = guid[8] & 0x3f | 0x80;
            put(&mut new, *at, &guid)?;
            put(&mut new, at.checked_add(16)?, &1_u32.to_le_bytes())?;
        }
        if let Some(at) = self.checksum {
            let sum = checksum(&new)?;
            put(&mut new, at, &sum.to_le_bytes())?;
        }
        Some(new)
    }

    fn said(&self) -> String {
        let mut parts = vec!["time stamp from content"];
        if self.stamps.is_empty() {
            parts.clear();
        }
        if !self.guids.is_empty() {
            parts.push("debug GUID from content");
        }
        if self.checksum.is_some() {
            parts.push("checksum");
        }
        parts.join(", ")
    }
}

/// The positions of the parts of a PE file.
struct Image<'a> {
    bytes: &'a [u8],
    /// The file header, after `PE\0\0`.
    header: usize,
    /// The optional header.
    optional: usize,
    directories: usize,
}

impl<'a> Image<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let start = place_at(bytes, 0x3c)?;
        let header = start.checked_add(4)?;
        let optional = header.checked_add(20)?;
        let directories = optional.checked_add(match u16_at(bytes, optional)? {
            0x10b => 96,
            0x20b => 112,
            _ => return None,
        })?;
        (part(bytes, start, 4)? == b"PE\0\0").then_some(Self { bytes, header, optional, directories })
    }

    /// Address and size of a data directory.
    fn directory(&self, index: usize) -> Option<(usize, usize)> {
        let count = place_at(self.bytes, self.directories - 4)?;
        let at = self.directories + 8 * index;
        (index < count).then_some((place_at(self.bytes, at)?, place_at(self.bytes, at + 4)?))
    }

    /// Where the file has `size` bytes at an address, and whether they are in a code section.
    fn place(&self, address: usize, size: usize) -> Result<(usize, bool), String> {
        let count = u16_at(self.bytes, self.header + 2).unwrap_or_default();
        let table = self.optional + usize::from(u16_at(self.bytes, self.header + 16).unwrap_or_default());
        for index in 0..usize::from(count) {
            let field = |at| place_at(self.bytes, table + 40 * index + at);
            let found = (|| {
                let (start, length, raw) = (field(12)?, field(16)?, field(20)?);
                let within = address.checked_sub(start)?;
                let end = within.checked_add(size)?;
                (end <= length && part(self.bytes, raw.checked_add(within)?, size).is_some()).then_some(raw + within)
            })();
            if let Some(at) = found {
                let flags = u32_at(self.bytes, table + 40 * index + 36).unwrap_or_default();
                return Ok((at, flags & MEM_EXECUTE != 0));
            }
        }
        Err("a directory is outside its sections".to_owned())
    }

    /// The same for writing: code is not changed.
    fn data(&self, address: usize, size: usize) -> Result<usize, String> {
        match self.place(address, size)? {
            (at, false) => Ok(at),
            (_, true) => Err("its debug data is inside its code".to_owned()),
        }
    }

    /// The fields to write; `None` if the linker marked them as a hash already.
    fn marks(&self) -> Result<Option<Marks>, String> {
        let is_set = |at: &usize| u32_at(self.bytes, *at).is_some_and(|number| number != 0);
        let mut marks = Marks { stamps: vec![self.header + 4], ..Marks::default() };
        marks.checksum = Some(self.optional + 64).filter(is_set);
        if let Some((address, _)) = self.directory(EXPORT).filter(|(address, size)| *address != 0 && *size != 0) {
            match self.place(address, 8)? {
                (at, false) => marks.stamps.push(at + 4),
                (at, true) if is_set(&(at + 4)) => return Err("a time stamp is inside its code".to_owned()),
                (_, true) => {}
            }
        }
        if let Some((address, size)) = self.directory(DEBUG).filter(|(address, size)| *address != 0 && *size != 0) {
            let count = size / ENTRY;
            if count > MOST {
                return Err(format!("it has {count} debug entries"));
            }
            let table = self.data(address, size)?;
            for index in 0..count {
                let entry = table + ENTRY * index;
                match u32_at(self.bytes, entry + 12) {
                    Some(TYPE_REPRO) => return Ok(None),
                    Some(TYPE_CODEVIEW) => marks.guids.extend(self.guid(entry)?),
                    _ => {}
                }
                marks.stamps.push(entry + 4);
            }
        }
        marks.stamps.retain(is_set);
        let mut all: Vec<(usize, usize)> = marks.all().collect();
        all.sort_unstable();
        let overlap = all.windows(2).any(|two| matches!(two, [(at, size), (next, _)] if at + size > *next));
        if overlap { Err("its marks overlap".to_owned()) } else { Ok(Some(marks)) }
    }

    /// The GUID of a PDB 7.0 (`RSDS`, GUID, age, path); an entry without data has none.
    fn guid(&self, entry: usize) -> Result<Option<usize>, String> {
        let field = |at| place_at(self.bytes, entry + at).unwrap_or_default();
        let (size, address) = (field(16), field(20));
        if size < 24 || address == 0 {
            return Ok(None);
        }
        let at = self.data(address, size)?;
        if at != field(24) {
            return Err("its debug data has two different positions".to_owned());
        }
        Ok((part(self.bytes, at, 4) == Some(b"RSDS")).then_some(at + 4))
    }
}

/// The checksum of an image whose own field is zero (`CheckSumMappedFile` in `imagehlp.h`): the sum of all
/// 16-bit words with their carries, plus the length.
fn checksum(bytes: &[u8]) -> Option<u32> {
    let mut sum = 0_u32;
    for word in bytes.chunks(2) {
        let low = u32::from(*word.first()?);
        sum += low | u32::from(word.get(1).copied().unwrap_or_default()) << 8;
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum.checked_add(u32::try_from(bytes.len()).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PE32+ with one data section at 0x1000, which contains an export table and two debug entries.
    fn image(stamp: u32, guid: u8, repro: bool) -> Vec<u8> {
        let mut out = vec![0; 0x400];
        let mut write = |at: usize, number: u32| out[at..at + 4].copy_from_slice(&number.to_le_bytes());
        write(0x3c, 0x40);
        write(0x48, stamp);
        write(0x54, 0xf0);
        write(0x98, 0x1234);
        // 16 directories: the export table, and the debug directory with two entries.
        for (at, number) in [(0xc4, 16), (0xc8, 0x1000), (0xcc, 40), (0xf8, 0x1040), (0xfc, 56)] {
            write(at, number);
        }
        for (at, number) in [(8, 0x200), (12, 0x1000), (16, 0x200), (20, 0x200), (36, 0x4000_0040)] {
            write(0x148 + at, number);
        }
        write(0x204, stamp);
        for (entry, kind, at) in [(0x240, 2, 0x80), (0x25c, if repro { 16 } else { 13 }, 0xc0)] {
            write(entry + 4, stamp);
            write(entry + 12, kind);
            write(entry + 16, 0x30);
            write(entry + 20, 0x1000 + at);
            write(entry + 24, 0x200 + at);
        }
        out[0x40..0x44].copy_from_slice(b"PE\0\0");
        out[0x46] = 1;
        out[0x58..0x5a].copy_from_slice(&0x20b_u16.to_le_bytes());
        out[0x280..0x284].copy_from_slice(b"RSDS");
        out[0x284..0x294].fill(guid);
        out[0x294] = guid;
        out
    }

    #[test]
    fn two_builds_become_one() {
        let (first, second) = (finish(&image(1_773_500_966, 3, false)), finish(&image(1_773_500_999, 4, false)));
        assert_eq!(first, second);
        assert_eq!(first.said, ["time stamp from content, debug GUID from content, checksum"]);
        let new = first.bytes.unwrap();
        let stamps: Vec<u32> = [0x48, 0x204, 0x244, 0x260].iter().map(|at| u32_at(&new, *at).unwrap()).collect();
        assert!(stamps.iter().all(|stamp| *stamp == stamps[0] && *stamp >= NO_DATE), "{stamps:x?}");
        assert_eq!(u32_at(&new, 0x294), Some(1), "the age");
        assert_eq!(finish(&new), Done::default(), "once is enough");
    }

    #[test]
    fn what_the_linker_hashed_is_left() {
        assert_eq!(finish(&image(1_773_500_966, 3, true)), Done::default());
    }

    #[test]
    fn what_is_zero_stays() {
        let mut bytes = image(0, 0, false);
        bytes[0x98..0x9c].fill(0);
        let new = finish(&bytes).bytes.unwrap();
        assert_eq!((u32_at(&new, 0x48), u32_at(&new, 0x98)), (Some(0), Some(0)));
        assert_ne!(new[0x284..0x294], [0; 16]);
    }

    #[test]
    fn code_is_not_touched() {
        let mut bytes = image(1_773_500_966, 3, false);
        bytes[0x148 + 39] = 0x60;
        let done = finish(&bytes);
        assert_eq!((done.bytes, done.said.len()), (None, 1), "{:?}", done.said);
    }

    #[test]
    fn a_signed_file_is_left() {
        let mut bytes = image(1_773_500_966, 3, false);
        bytes[0xe8] = 1;
        bytes[0xec] = 8;
        assert_eq!(finish(&bytes).bytes, None);
    }

    #[test]
    fn checksums_are_those_of_imagehlp() {
        // Words 0x0201 and 0xffff and the odd byte 0x03 give 0x0204 with the carry; five bytes.
        assert_eq!(checksum(&[1, 2, 0xff, 0xff, 3]), Some(0x204 + 5));
    }
}
