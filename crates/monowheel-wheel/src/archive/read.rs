//! Reads members: the local header and the data in one pass, through the buffers of the thread.

use monowheel_error::Result;

use crate::archive::data::{Input, deflated, stored};
use crate::archive::layout::Slot;
use crate::archive::local::{self, BEHIND};
use crate::archive::records::{Central, Record, flag};
use crate::archive::scratch::{INPUT, Scratch};
use crate::archive::{Allowance, Archive, MOST_RATIO, Member, Oddity, OddityKind, tar};
use crate::source::ReadAt;

/// The local header of a member, and the position of its data.
struct Opened<'a> {
    local: Record<'a>,
    /// Bytes from the start of the slot to the data.
    header: u64,
    /// The size of the complete slot.
    length: u64,
}

/// Checks the start of a slot; `None` if it contains no member.
fn open<'a>(
    archive: &Archive<'_>,
    slot: Slot,
    bytes: &'a [u8],
    member: &Member,
    oddities: &mut Vec<Oddity>,
) -> Option<Opened<'a>> {
    let central = Central::parse(archive.directory.get(slot.record..)?)?;
    let length = slot.end.checked_sub(slot.offset)?;
    let mut odd = |detail: &str| oddities.push(Oddity::of(OddityKind::LocalMismatch, &member.path, detail));
    let Some(local) = Record::local(bytes) else {
        odd("it has no local header where the directory places it");
        return None;
    };
    local::compare(&local, &central, member, oddities);
    let header = local.local_length() as u64;
    if header.checked_add(member.compressed).is_none_or(|needed| needed > length) {
        let detail = "its local header leaves no room for its data before the next record";
        oddities.push(Oddity::of(OddityKind::Overlap, &member.path, detail));
        return None;
    }
    Some(Opened { local, header, length })
}

/// Checks the bytes after the data; `read` of the slot's first bytes are in `bytes`.
fn finish(
    source: &dyn ReadAt,
    slot: Slot,
    opened: &Opened<'_>,
    bytes: &[u8],
    member: &Member,
    oddities: &mut Vec<Oddity>,
) -> Result<()> {
    let data_end = opened.header.saturating_add(member.compressed);
    let behind = opened.length.saturating_sub(data_end);
    if behind > 0 || opened.local.flags & flag::DESCRIPTOR != 0 {
        let looked = usize::try_from(behind).unwrap_or(BEHIND).min(BEHIND);
        let known = usize::try_from(data_end).ok().and_then(|from| bytes.get(from..)?.get(..looked));
        let mut fresh = [0; BEHIND];
        let known = match known {
            Some(known) => known,
            None => {
                let fresh = fresh.get_mut(..looked).unwrap_or_default();
                source.read_at(slot.offset.saturating_add(data_end), fresh)?;
                fresh
            }
        };
        local::judge_behind(behind, known, &opened.local, member, oddities);
    }
    if slot.offset == 0 && source.size() >= tar::BLOCK as u64 {
        let mut block = [0; tar::BLOCK];
        match bytes.first_chunk() {
            Some(first) => block = *first,
            None => source.read_at(0, &mut block)?,
        }
        if tar::is_header(&block) {
            oddities.push(Oddity::of_file(OddityKind::Polyglot, "it is also a tar archive"));
        }
    }
    Ok(())
}

/// See [`Archive::check_local`].
pub(super) fn check_local(archive: &Archive<'_>, member: &Member, oddities: &mut Vec<Oddity>) -> Result<()> {
    let Some(slot) = archive.layout.slot(member.offset) else { return Ok(()) };
    // In a valid archive, the slot consists of the header and the data.
    let header = slot.end.saturating_sub(slot.offset).saturating_sub(member.compressed);
    Scratch::with(|scratch| {
        let length = usize::try_from(header).unwrap_or(INPUT).min(INPUT);
        let bytes = scratch.input.get_mut(..length).unwrap_or_default();
        archive.source.read_at(slot.offset, bytes)?;
        match open(archive, slot, bytes, member, oddities) {
            Some(opened) => finish(archive.source, slot, &opened, bytes, member, oddities),
            None => Ok(()),
        }
    })
}

/// See [`Archive::read`].
pub(super) fn read(
    archive: &Archive<'_>,
    member: &Member,
    oddities: &mut Vec<Oddity>,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<bool> {
    let Some(slot) = archive.layout.slot(member.offset) else { return Ok(false) };
    Scratch::with(|scratch| {
        let length = slot.end.saturating_sub(slot.offset);
        let first = usize::try_from(length).unwrap_or(INPUT).min(INPUT);
        let bytes = scratch.input.get_mut(..first).unwrap_or_default();
        archive.source.expect(slot.offset, length);
        archive.source.read_at(slot.offset, bytes)?;
        let Some(opened) = open(archive, slot, bytes, member, oddities) else { return Ok(false) };
        finish(archive.source, slot, &opened, bytes, member, oddities)?;
        let (header, locked) = (opened.header, opened.local.flags & LOCKED != 0);
        if locked || !may_inflate(archive, member, oddities) {
            return Ok(false);
        }
        let data_end = header.saturating_add(member.compressed).min(length);
        let loaded = data_end.min(first as u64);
        let mut input = Input {
            source: archive.source,
            loaded: usize::try_from(header).unwrap_or(first)..usize::try_from(loaded).unwrap_or(first),
            at: slot.offset.saturating_add(loaded),
            left: data_end.saturating_sub(loaded),
        };
        let ended = match member.method {
            0 => stored(&mut input, scratch, member, sink)?,
            8 => deflated(&mut input, scratch, member, sink)?,
            // Reported at opening.
            _ => return Ok(false),
        };
        let odd = match ended {
            Ok(crc) if crc == member.crc32 => return Ok(true),
            Ok(crc) => {
                let detail = format!("its bytes have the CRC {crc:08x} instead of {:08x}", member.crc32);
                Oddity::of(OddityKind::BadCrc, &member.path, detail)
            }
            Err(why) => Oddity::of(OddityKind::BadData, &member.path, why),
        };
        oddities.push(odd);
        Ok(false)
    })
}

/// Flags of data that do not match the method; reported at opening or as a difference.
const LOCKED: u16 = flag::ENCRYPTED | flag::PATCH | flag::STRONG | flag::MASKED;

/// Whether a member may be inflated; a refusal is an oddity, except if all are refused: then one was reported.
fn may_inflate(archive: &Archive<'_>, member: &Member, oddities: &mut Vec<Oddity>) -> bool {
    let most = match archive.allowance {
        Allowance::Up(most) => most,
        Allowance::Modest(most) => most.min(member.compressed.saturating_mul(MOST_RATIO)),
        Allowance::Nothing => 0,
    };
    if member.size <= most {
        return true;
    }
    if matches!(archive.allowance, Allowance::Up(_)) {
        let detail = format!("it inflates to {} bytes and is not read", member.size);
        oddities.push(Oddity::of(OddityKind::Bomb, &member.path, detail));
    }
    false
}
