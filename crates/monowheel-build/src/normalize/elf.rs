//! ELF: derives `NT_GNU_BUILD_ID` from the content, if there is one.
//!
//! lld's own build-id is a hash of its output, but `--build-id=uuid` is not, and tools that change a
//! file later (patchelf, strip) keep the old one. `.comment`, which names the compilers, is left alone.

use monowheel_wheel::bytes::{big_at, part, put, u16_at, u32_at};

use crate::normalize::Done;
use crate::normalize::code::hash;

/// The kind of note, of the owner `GNU` (`elf.h`).
const NT_GNU_BUILD_ID: u32 = 3;
/// SHA-1 has 20 bytes, a UUID 16; anything longer than this is something else.
const LONGEST: usize = 64;
const PT_NOTE: u32 = 4;
const SHT_NOTE: u32 = 7;

/// Writes the build-id.
pub(super) fn finish(bytes: &[u8]) -> Done {
    let Some(places) = places(bytes).filter(|places| !places.is_empty()) else { return Done::default() };
    let mut new = bytes.to_vec();
    for (at, length) in &places {
        if put(&mut new, *at, &vec![0; *length]).is_none() {
            return Done::default();
        }
    }
    let digest = hash(&[&new]);
    for (at, length) in &places {
        // A field longer than the hash is filled with the hash of the hash, and so on.
        let (mut id, mut next) = (Vec::new(), digest);
        while id.len() < *length {
            id.extend_from_slice(&next);
            next = hash(&[&next]);
        }
        id.truncate(*length);
        if put(&mut new, *at, &id).is_none() {
            return Done::default();
        }
    }
    if new == bytes {
        return Done::default();
    }
    Done { bytes: Some(new), said: vec!["build-id from content".to_owned()] }
}

/// Position and length of every build-id. Program headers and sections usually list the same.
fn places(bytes: &[u8]) -> Option<Vec<(usize, usize)>> {
    let elf = Elf { bytes, is_64: *bytes.get(4)? == 2, is_big: *bytes.get(5)? == 2 };
    let mut found = Vec::new();
    let (programs, sections) = if elf.is_64 { (32, 40) } else { (28, 32) };
    let sizes = if elf.is_64 { 54 } else { 42 };
    let (program_at, section_at) = (elf.word(programs)?, elf.word(sections)?);
    let number = |index: usize| elf.half(sizes + 2 * index);
    let (program_size, program_count) = (number(0)?, number(1)?);
    let (section_size, section_count) = (number(2)?, number(3)?);
    for index in 0..program_count {
        let Some(at) = program_at.checked_add(index * program_size) else { break };
        if elf.full(at) == Some(PT_NOTE) {
            let fields = if elf.is_64 { (8, 32) } else { (4, 16) };
            elf.notes(elf.word(at + fields.0)?, elf.word(at + fields.1)?, &mut found);
        }
    }
    for index in 0..section_count {
        let Some(at) = section_at.checked_add(index * section_size) else { break };
        if elf.full(at.saturating_add(4)) == Some(SHT_NOTE) {
            let fields = if elf.is_64 { (24, 32) } else { (16, 20) };
            elf.notes(elf.word(at + fields.0)?, elf.word(at + fields.1)?, &mut found);
        }
    }
    found.sort_unstable();
    found.dedup();
    let overlap = found.windows(2).any(|two| matches!(two, [(at, length), (next, _)] if at + length > *next));
    (!overlap).then_some(found)
}

/// The integers of an ELF file.
struct Elf<'a> {
    bytes: &'a [u8],
    is_64: bool,
    is_big: bool,
}

impl Elf<'_> {
    fn half(&self, at: usize) -> Option<usize> {
        let number = u16_at(self.bytes, at)?;
        Some(if self.is_big { number.swap_bytes() } else { number }.into())
    }

    fn full(&self, at: usize) -> Option<u32> {
        if self.is_big { big_at(self.bytes, at) } else { u32_at(self.bytes, at) }
    }

    /// An integer of address size.
    fn word(&self, at: usize) -> Option<usize> {
        if !self.is_64 {
            return usize::try_from(self.full(at)?).ok();
        }
        let (first, second) = (self.full(at)?, self.full(at.checked_add(4)?)?);
        let (high, low) = if self.is_big { (first, second) } else { (second, first) };
        usize::try_from(u64::from(high) << 32 | u64::from(low)).ok()
    }

    /// The build-ids among the notes at a position. Notes are aligned to four bytes; those of `.note.gnu.property`,
    /// which are aligned to eight, have sizes that are multiples of it.
    fn notes(&self, mut at: usize, size: usize, found: &mut Vec<(usize, usize)>) {
        let Some(end) = at.checked_add(size).filter(|end| *end <= self.bytes.len()) else { return };
        while at < end {
            let header = (|| {
                let field = |place: usize| self.full(at.checked_add(place)?);
                let length = |place| usize::try_from(field(place)?).ok();
                let name = at.checked_add(12)?;
                let content = name.checked_add(length(0)?.checked_next_multiple_of(4)?)?;
                let next = content.checked_add(length(4)?.checked_next_multiple_of(4)?)?;
                Some((field(8)?, part(self.bytes, name, length(0)?)?, content, length(4)?, next))
            })();
            let Some((kind, name, content, length, next)) = header.filter(|header| header.4 <= end) else { return };
            if kind == NT_GNU_BUILD_ID && name == b"GNU\0" && (1..=LONGEST).contains(&length) {
                found.push((content, length));
            }
            at = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An ELF file of one word size and byte order with one `PT_NOTE`, and a section that names the same bytes.
    fn with_note(is_64: bool, is_big: bool, id: &[u8]) -> Vec<u8> {
        let mut out = vec![0; 0x200];
        let mut write = |at: usize, number: u64, size: usize| {
            let bytes =
                if is_big { number.to_be_bytes()[8 - size..].to_vec() } else { number.to_le_bytes()[..size].to_vec() };
            out[at..at + size].copy_from_slice(&bytes);
        };
        let word = if is_64 { 8 } else { 4 };
        let note = 12 + 4 + id.len() as u64;
        let (programs, sections, sizes) = if is_64 { (32, 40, 54) } else { (28, 32, 42) };
        write(programs, 0x40, word);
        write(sections, 0x100, word);
        for (index, number) in [0x38, 1, 0x40, 1].into_iter().enumerate() {
            write(sizes + 2 * index, number, 2);
        }
        write(0x40, 4, 4);
        write(0x104, 7, 4);
        let (program, section) = if is_64 { ((8, 32), (24, 32)) } else { ((4, 16), (16, 20)) };
        for (at, (place, size)) in [(0x40, program), (0x100, section)] {
            write(at + place, 0x180, word);
            write(at + size, note, word);
        }
        write(0x180, 4, 4);
        write(0x184, id.len() as u64, 4);
        write(0x188, 3, 4);
        out[..6].copy_from_slice(&[0x7f, b'E', b'L', b'F', 1 + u8::from(is_64), 1 + u8::from(is_big)]);
        out[0x18c..0x190].copy_from_slice(b"GNU\0");
        out[0x190..0x190 + id.len()].copy_from_slice(id);
        out
    }

    #[test]
    fn two_build_ids_become_one() {
        for (is_64, is_big) in [(false, false), (false, true), (true, false), (true, true)] {
            let first = finish(&with_note(is_64, is_big, &[1; 20])).bytes.expect("it has a build-id");
            let second = finish(&with_note(is_64, is_big, &[2; 20])).bytes.expect("it has a build-id");
            assert_eq!(first, second);
            assert_eq!(finish(&first), Done::default(), "once is enough");
            let changed: Vec<usize> = first
                .iter()
                .zip(with_note(is_64, is_big, &[1; 20]))
                .enumerate()
                .filter(|(_, (a, b))| **a != *b)
                .map(|(at, _)| at)
                .collect();
            assert!(changed.iter().all(|at| (0x190..0x1a4).contains(at)), "{changed:x?}");
        }
    }

    #[test]
    fn an_id_may_be_longer_than_the_hash() {
        let done = finish(&with_note(true, false, &[7; 48])).bytes.expect("it has a build-id");
        assert_ne!(done[0x190..0x1a0], done[0x1b0..0x1c0]);
    }

    #[test]
    fn content_makes_the_id() {
        let mut other = with_note(true, false, &[1; 20]);
        other[0x1ff] = 1;
        let ids: Vec<Vec<u8>> = [with_note(true, false, &[1; 20]), other]
            .iter()
            .map(|bytes| finish(bytes).bytes.expect("it has a build-id")[0x190..0x1a4].to_vec())
            .collect();
        assert_ne!(ids[0], ids[1]);
    }

    #[test]
    fn none_is_added() {
        assert_eq!(finish(&with_note(true, false, &[])), Done::default());
        assert_eq!(finish(b"\x7fELF"), Done::default());
    }
}
