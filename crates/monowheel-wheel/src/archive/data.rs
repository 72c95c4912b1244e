//! The data of a member: stored or deflated.

use std::ops::Range;

use crc32fast::Hasher as Crc;
use flate2::{FlushDecompress, Status};
use monowheel_error::Result;

use crate::archive::Member;
use crate::archive::scratch::{INPUT, OUTPUT, Scratch};
use crate::source::ReadAt;

/// The compressed bytes of a member.
pub(super) struct Input<'a> {
    pub(super) source: &'a dyn ReadAt,
    /// The unused bytes in the input buffer.
    pub(super) loaded: Range<usize>,
    /// The start of the others.
    pub(super) at: u64,
    /// The number of the others.
    pub(super) left: u64,
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
pub(super) type Ended = std::result::Result<u32, String>;

/// Passes on the bytes of a stored member.
pub(super) fn stored(
    input: &mut Input<'_>,
    scratch: &mut Scratch,
    member: &Member,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<Ended> {
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

/// Inflates a deflated member, and passes on its bytes.
pub(super) fn deflated(
    input: &mut Input<'_>,
    scratch: &mut Scratch,
    member: &Member,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<Ended> {
    if at_once(input, scratch, member, sink)? { Ok(Ok(member.crc32)) } else { streamed(input, scratch, member, sink) }
}

/// Passes on a valid member that is small enough to be inflated at once; false for any other.
fn at_once(input: &Input<'_>, scratch: &mut Scratch, member: &Member, sink: &mut dyn FnMut(&[u8])) -> Result<bool> {
    let loaded = scratch.input.get(input.loaded.clone()).unwrap_or_default();
    let inflated = scratch.whole.inflate(member, |packed| {
        let (start, rest) = packed.split_at_mut(loaded.len().min(packed.len()));
        start.copy_from_slice(loaded.get(..start.len()).unwrap_or_default());
        if rest.is_empty() { Ok(()) } else { input.source.read_at(input.at, rest) }
    })?;
    let Some(bytes) = inflated else { return Ok(false) };
    bytes.chunks(OUTPUT).for_each(sink);
    Ok(true)
}

fn streamed(
    input: &mut Input<'_>,
    scratch: &mut Scratch,
    member: &Member,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<Ended> {
    let Scratch { input: buffer, output, inflater, .. } = scratch;
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
