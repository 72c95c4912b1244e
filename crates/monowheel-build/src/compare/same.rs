//! Finds out whether two byte strings are the same, and where they first differ.

use monowheel_error::Result;
use monowheel_wheel::source::ReadAt;
use sha2::{Digest as _, Sha256};

/// Bytes that are compared in one step.
const PIECE: usize = 1 << 16;

/// Whether two sources have the same bytes. Stops at the first difference.
pub(super) fn are(a: &dyn ReadAt, b: &dyn ReadAt) -> Result<bool> {
    Ok(a.size() == b.size() && first_difference(a, b)?.is_none())
}

/// Where the sources first differ; the end of the shorter one if it is the start of the other.
pub(super) fn first_difference(a: &dyn ReadAt, b: &dyn ReadAt) -> Result<Option<u64>> {
    let common = a.size().min(b.size());
    let (mut left, mut right) = (vec![0; PIECE], vec![0; PIECE]);
    let mut at = 0;
    while at < common {
        let length = usize::try_from(common - at).unwrap_or(PIECE).min(PIECE);
        let (left, right) = (left.get_mut(..length).unwrap_or_default(), right.get_mut(..length).unwrap_or_default());
        a.read_at(at, left)?;
        b.read_at(at, right)?;
        if let Some(index) = first(left, right) {
            return Ok(Some(at + index as u64));
        }
        at += length as u64;
    }
    Ok((a.size() != b.size()).then_some(common))
}

/// The index of the first byte that differs, within the common length.
pub(super) fn first(a: &[u8], b: &[u8]) -> Option<usize> {
    if a == b {
        return None;
    }
    a.iter().zip(b).position(|(a, b)| a != b)
}

/// The hashes of the blocks of content that is too large to keep, to find the first block that differs.
#[derive(Default)]
pub(super) struct Blocks {
    hash: Sha256,
    filled: usize,
    blocks: Vec<[u8; 32]>,
}

impl Blocks {
    /// Bytes of a block.
    pub(super) const SIZE: usize = 1 << 16;

    /// Adds the next piece.
    pub(super) fn add(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            let (now, rest) = piece.split_at(piece.len().min(Self::SIZE - self.filled));
            self.hash.update(now);
            self.filled += now.len();
            if self.filled == Self::SIZE {
                self.blocks.push(self.hash.finalize_reset().into());
                self.filled = 0;
            }
            piece = rest;
        }
    }

    /// The hashes of all blocks; the last block may be shorter.
    pub(super) fn finish(mut self) -> Vec<[u8; 32]> {
        if self.filled > 0 {
            self.blocks.push(self.hash.finalize().into());
        }
        self.blocks
    }
}

/// The runs of bytes that differ in strings of the same length; runs a few bytes apart are merged.
pub(super) fn runs(a: &[u8], b: &[u8]) -> Vec<std::ops::Range<usize>> {
    /// An address that differs in two of its bytes is one difference.
    const NEAR: usize = 8;
    /// More runs than this are not kept apart: the last one extends to the end.
    const MOST: usize = 1 << 18;
    const CHUNK: usize = 256;
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for (index, (left, right)) in a.chunks(CHUNK).zip(b.chunks(CHUNK)).enumerate() {
        if left == right {
            continue;
        }
        for (at, (left, right)) in left.iter().zip(right).enumerate() {
            if left != right {
                let at = index * CHUNK + at;
                let full = runs.len() == MOST;
                match runs.last_mut() {
                    Some(last) if full || at - last.end < NEAR => last.end = at + 1,
                    _ => runs.push(at..at + 1),
                }
            }
        }
    }
    runs
}

/// How many bytes differ within the common length, plus those that only one of them has.
pub(super) fn count(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).filter(|(a, b)| a != b).count() + a.len().abs_diff(b.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_take_neighbours_together() {
        let a = [0_u8; 600];
        let mut b = a;
        for at in [3, 5, 40, 255, 256, 599] {
            b[at] = 1;
        }
        assert_eq!(runs(&a, &b), [3..6, 40..41, 255..257, 599..600]);
        assert_eq!(count(&a, &b), 6);
        assert!(runs(&a, &a).is_empty());
    }

    #[test]
    fn sources_differ_first_somewhere() -> Result<()> {
        let a = vec![7_u8; PIECE * 2 + 5];
        let mut b = a.clone();
        assert!(are(&a, &b)?);
        b[PIECE + 1] = 8;
        assert_eq!(first_difference(&a, &b)?, Some(PIECE as u64 + 1));
        b.truncate(10);
        assert_eq!(first_difference(&a, &b)?, Some(10));
        Ok(())
    }

    #[test]
    fn blocks_do_not_depend_on_the_pieces() {
        let bytes: Vec<u8> = (0..Blocks::SIZE * 2 + 9).map(|at| (at % 251) as u8).collect();
        let of = |piece: usize| {
            let mut blocks = Blocks::default();
            bytes.chunks(piece).for_each(|piece| blocks.add(piece));
            blocks.finish()
        };
        assert_eq!(of(1000), of(Blocks::SIZE * 3));
        assert_eq!(of(7).len(), 3);
    }
}
