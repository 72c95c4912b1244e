//! Reads members: the local header and the data in one pass, through per-thread buffers.

use std::cell::Cell;
use std::ops::Range;

use crc32fast::Hasher as Crc;
use flate2::{Decompress, FlushDecompress, Status};
use monowheel_error::Result;

use crate::archive::layout::Slot;
use crate::archive::local::{self, BEHIND};
use crate::archive::records::{Central, Record, flag};
use crate::archive::{Allowance, Archive, MOST_RATIO, Member, Oddity, OddityKind, tar};
use crate::source::ReadAt;

/// Bytes per read: any local header (30 bytes and twice 64 KiB) fits, and the start of the data.
const INPUT: usize = 132 << 10;

/// Bytes inflated per step: they fit into the second level cache, where the sink finds them.
const OUTPUT: usize = 128 << 10;

/// The buffers of a thread, so that ten thousand small wheels do not allocate each time.
struct Scratch {
    input: Box<[u8]>,
    output: Box<[u8]>,
    inflater: Decompress,
}

thread_local! {
    static SCRATCH: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

impl Scratch {
    /// Lends the thread's buffers; a sink that reads another archive in the meantime gets its own.
    fn with<T>(work: impl FnOnce(&mut Self) -> T) -> T {
        let mut scratch = SCRATCH.take().unwrap_or_else(|| {
            Box::new(Self {
                input: vec![0; INPUT].into(),
                output: vec![0; OUTPUT].into(),
                inflater: Decompress::new(false),
            })
        });
        let result = work(&mut scratch);
        SCRATCH.set(Some(scratch));
        result
    }
}

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

/// The data of a member.
struct Input<'a> {
    source: &'a dyn ReadAt,
    /// The unused bytes in the input buffer.
    loaded: Range<usize>,
    /// The start of the others.
    at: u64,
    /// The number of the others.
    left: u64,
}

impl Input<'_> {
    /// Fills the buffer when it is empty.
    fn refill(&mut self, buffer: &mut [u8]) -> Result<()> {
        if self.loaded.is_empty() && self.left > 0 {
            let length = usize::try_from(self.left).unwrap_or(INPUT).min(buffer.len());
            self.source.read_at(self.at, buffer.get_mut(..length).unwrap_or_default())?;
            self.loaded = 0..length;
            self.at = self.at.saturating_add(length as u64);
            self.left = self.left.saturating_sub(length as u64);
        }
        Ok(())
    }
}

/// The CRC of the bytes, or why they do not match the directory.
type Ended = std::result::Result<u32, String>;

fn stored(input: &mut Input<'_>, scratch: &mut Scratch, member: &Member, sink: &mut dyn FnMut(&[u8])) -> Result<Ended> {
    if member.size != member.compressed {
        let (size, compressed) = (member.size, member.compressed);
        return Ok(Err(format!("it is stored, but has {compressed} bytes in the archive and {size} outside")));
    }
    let mut crc = Crc::new();
    loop {
        let piece = scratch.input.get(input.loaded.clone()).unwrap_or_default();
        if piece.is_empty() {
            return Ok(Ok(crc.finalize()));
        }
        crc.update(piece);
        sink(piece);
        input.loaded = 0..0;
        input.refill(&mut scratch.input)?;
    }
}

fn deflated(
    input: &mut Input<'_>,
    scratch: &mut Scratch,
    member: &Member,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<Ended> {
    let Scratch { input: buffer, output, inflater } = scratch;
    inflater.reset(false);
    let mut crc = Crc::new();
    let mut left = member.size;
    loop {
        input.refill(buffer)?;
        let packed = buffer.get(input.loaded.clone()).unwrap_or_default();
        // One byte more than expected shows that there are more.
        let room = usize::try_from(left).unwrap_or(OUTPUT).saturating_add(1).min(OUTPUT);
        let output = output.get_mut(..room).unwrap_or_default();
        let before = (inflater.total_in(), inflater.total_out());
        let status = match inflater.decompress(packed, output, FlushDecompress::None) {
            Ok(status) => status,
            Err(error) => return Ok(Err(format!("it does not inflate: {error}"))),
        };
        let used = usize::try_from(inflater.total_in() - before.0).unwrap_or_default();
        let made = inflater.total_out() - before.1;
        input.loaded.start = input.loaded.start.saturating_add(used).min(input.loaded.end);
        let Some(rest) = left.checked_sub(made) else {
            return Ok(Err(format!("it inflates to more than {} bytes", member.size)));
        };
        left = rest;
        let piece = output.get(..usize::try_from(made).unwrap_or_default()).unwrap_or_default();
        if !piece.is_empty() {
            crc.update(piece);
            sink(piece);
        }
        if status == Status::StreamEnd {
            break;
        }
        if used == 0 && made == 0 {
            return Ok(Err("its compressed bytes end too early".to_owned()));
        }
    }
    let unused = input.left.saturating_add(input.loaded.len() as u64);
    Ok(if left > 0 {
        Err(format!("it inflates to {} bytes instead of {}", member.size - left, member.size))
    } else if unused > 0 {
        // uv rejects these; zipfile does not check.
        Err(format!("{unused} bytes of its data are after the end of the compressed stream"))
    } else {
        Ok(crc.finalize())
    })
}
