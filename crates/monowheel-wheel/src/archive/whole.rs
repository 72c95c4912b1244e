//! Inflates a member at once, with libdeflate. It takes two thirds of the time of a stream (2026-11, the wheels of
//! `ci/bench_audit.tsv`), and memory for the complete member.
//!
//! libdeflate does not tell where a deflate stream ended, and bytes after its end are a defect. But it knows where a gzip
//! stream (RFC 1952) ends: it compares the CRC and the size that follow. So the data get a gzip header, and the
//! directory's CRC and size as a trailer. If that is accepted, and the data do not contain the trailer themselves, then
//! the stream ends with the data, and the CRC and the size are right.
//!
//! libdeflate accepts some streams that zlib refuses and no compressor writes, such as those with the length codes 286 and
//! 287: pip does not install such a wheel. Of 3 million mutated streams, none that both accept has other bytes.

use libdeflater::Decompressor;
use memchr::memmem;
use monowheel_error::Result;

use crate::archive::{MOST_INFLATION, Member};

/// Members of which either side is larger are read as streams.
const LIMIT: u64 = 24 << 20;

/// Deflate, without flags, time and level, from an unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// The buffers of a thread.
pub(super) struct Whole {
    packed: Vec<u8>,
    output: Vec<u8>,
    inflater: Decompressor,
}

impl Whole {
    pub(super) fn new() -> Self {
        Self { packed: Vec::new(), output: Vec::new(), inflater: Decompressor::new() }
    }

    /// Inflates a member; `fill` reads its compressed bytes. `None` if it is too large, or not what the directory says:
    /// read as a stream, it gets a reason.
    pub(super) fn inflate(
        &mut self,
        member: &Member,
        fill: impl FnOnce(&mut [u8]) -> Result<()>,
    ) -> Result<Option<&[u8]>> {
        let Member { size, compressed, crc32, .. } = *member;
        let (Ok(whole), Ok(length)) = (u32::try_from(size), usize::try_from(compressed)) else { return Ok(None) };
        if size.max(compressed) > LIMIT || size > compressed.saturating_mul(MOST_INFLATION) {
            return Ok(None);
        }
        let trailer = (u64::from(whole) << 32 | u64::from(crc32)).to_le_bytes();
        let packed = first(&mut self.packed, HEADER.len() + length + trailer.len());
        let (header, rest) = packed.split_at_mut(HEADER.len());
        let (data, end) = rest.split_at_mut(length);
        header.copy_from_slice(&HEADER);
        fill(data)?;
        end.copy_from_slice(&trailer);
        if memmem::find(rest, &trailer) != Some(length) {
            return Ok(None);
        }
        let output = first(&mut self.output, whole as usize);
        let written = self.inflater.gzip_decompress(packed, output);
        Ok((written == Ok(output.len())).then_some(output))
    }
}

/// The first bytes of a buffer, which grows to that length.
fn first(buffer: &mut Vec<u8>, length: usize) -> &mut [u8] {
    if buffer.len() < length {
        buffer.resize(length, 0);
    }
    &mut buffer[..length]
}

#[cfg(test)]
mod tests {
    use libdeflater::{CompressionLvl, Compressor, crc32};

    use super::*;

    const TEXT: &[u8] = b"the same text, the same text, the same text";

    fn deflate(text: &[u8]) -> Vec<u8> {
        let mut packer = Compressor::new(CompressionLvl::default());
        let mut packed = vec![0; packer.deflate_compress_bound(text.len())];
        let length = packer.deflate_compress(text, &mut packed).unwrap();
        packed.truncate(length);
        packed
    }

    fn member(data: &[u8], text: &[u8]) -> Member {
        let (size, compressed) = (text.len() as u64, data.len() as u64);
        Member { size, compressed, crc32: crc32(text), ..Member::default() }
    }

    fn inflated(whole: &mut Whole, member: &Member, data: &[u8]) -> Option<Vec<u8>> {
        let fill = |packed: &mut [u8]| {
            packed.copy_from_slice(data);
            Ok(())
        };
        whole.inflate(member, fill).unwrap().map(<[u8]>::to_vec)
    }

    #[test]
    fn only_what_the_directory_says_is_accepted() {
        let mut whole = Whole::new();
        let data = deflate(TEXT);
        let right = member(&data, TEXT);
        assert_eq!(inflated(&mut whole, &right, &data).as_deref(), Some(TEXT));
        for wrong in [
            Member { size: right.size - 1, ..right.clone() },
            Member { size: right.size + 1, ..right.clone() },
            Member { crc32: right.crc32 ^ 1, ..right.clone() },
        ] {
            assert_eq!(inflated(&mut whole, &wrong, &data), None);
        }
        // A shorter member after a longer one: nothing of the longer one is left in it.
        let (short, empty) = (deflate(b"short"), deflate(b""));
        assert_eq!(inflated(&mut whole, &member(&short, b"short"), &short).as_deref(), Some(&b"short"[..]));
        assert!(inflated(&mut whole, &member(&empty, b""), &empty).is_none_or(|bytes| bytes.is_empty()));
    }

    #[test]
    fn the_stream_ends_with_the_data() {
        let mut whole = Whole::new();
        let data = deflate(TEXT);
        let trailer = [crc32(TEXT).to_le_bytes(), u32::try_from(TEXT.len()).unwrap().to_le_bytes()].concat();
        for end in [&b"x"[..], &trailer, &[&trailer[..], b"x"].concat(), &trailer[..7]] {
            let longer = [&data, end].concat();
            assert_eq!(inflated(&mut whole, &member(&longer, TEXT), &longer), None, "{end:?}");
        }
        let shorter = &data[..data.len() - 1];
        assert_eq!(inflated(&mut whole, &member(shorter, TEXT), shorter), None);
    }

    #[test]
    fn nothing_is_read_or_allocated_beyond_the_limit() {
        let mut whole = Whole::new();
        for (size, compressed) in [(LIMIT + 1, LIMIT), (1, LIMIT + 1), (MOST_INFLATION * 9 + 1, 9), (1, u64::MAX)] {
            let huge = Member { size, compressed, ..Member::default() };
            assert!(whole.inflate(&huge, |_| panic!("it was read")).unwrap().is_none());
        }
        assert!(whole.packed.is_empty() && whole.output.is_empty());
    }
}
