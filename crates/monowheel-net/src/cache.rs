//! Parts of a remote file that are kept in memory, with the least recently used ones dropped first.

use std::ops::Range;

use lru::LruCache;

/// Size of a block, in bytes.
pub(super) const BLOCK: u64 = 64 << 10;
/// Maximum read-ahead for a sequential reader, in bytes.
const FARTHEST: u64 = 1 << 20;
/// Maximum size of one fetch of an announced range, in bytes.
const EXPECTED: u64 = 4 << 20;

/// Blocks by number; block 0 begins at byte 0.
#[derive(Debug)]
pub(super) struct Cache {
    most: usize,
    blocks: LruCache<u64, Box<[u8]>>,
    next: u64,
    ahead: u64,
    expected: Range<u64>,
}

impl Cache {
    /// Keeps at most `bytes`, but two blocks at least.
    pub(super) fn new(bytes: usize) -> Self {
        let most = (bytes as u64 / BLOCK).max(2);
        Self {
            most: usize::try_from(most).unwrap_or(usize::MAX),
            // With its own bound, it would allocate memory for all entries at once.
            blocks: LruCache::unbounded(),
            next: 0,
            ahead: BLOCK,
            expected: 0..0,
        }
    }

    /// Copies cached bytes from `at` on, up to the end of a block; `None` if there are none.
    pub(super) fn copy(&mut self, at: u64, buffer: &mut [u8]) -> Option<usize> {
        let bytes = self.blocks.get(&(at / BLOCK))?.get(usize::try_from(at % BLOCK).ok()?..)?;
        let length = bytes.len().min(buffer.len());
        buffer.get_mut(..length)?.copy_from_slice(bytes.get(..length)?);
        (length > 0).then_some(length)
    }

    /// The first byte from `at` on, but before `end`, whose block is cached; `end` if there is none.
    pub(super) fn gap(&self, at: u64, end: u64) -> u64 {
        let mut start = (at / BLOCK).saturating_add(1).saturating_mul(BLOCK);
        while start < end && !self.blocks.contains(&(start / BLOCK)) {
            start = start.saturating_add(BLOCK);
        }
        start.min(end)
    }

    /// How many bytes to fetch from `at` on when fewer are wanted: the announced range, else a growing
    /// read-ahead while the reader is sequential.
    pub(super) fn window(&mut self, at: u64) -> u64 {
        let half = (self.most as u64 / 2).saturating_mul(BLOCK).max(BLOCK);
        self.ahead = if at == self.next { self.ahead.saturating_mul(2).min(FARTHEST).min(half) } else { BLOCK };
        if self.expected.contains(&at) { (self.expected.end - at).min(EXPECTED).min(half) } else { self.ahead }
    }

    /// The range that the reader announced.
    pub(super) fn expect(&mut self, expected: Range<u64>) {
        self.expected = expected;
    }

    /// The position where the reader stopped.
    pub(super) fn stopped(&mut self, at: u64) {
        self.next = at;
    }

    /// Caches bytes that begin at `start`, the beginning of a block.
    pub(super) fn keep(&mut self, start: u64, bytes: &[u8]) {
        for (number, block) in (start / BLOCK..).zip(bytes.chunks(usize::try_from(BLOCK).unwrap_or(usize::MAX))) {
            self.blocks.put(number, block.into());
            while self.blocks.len() > self.most {
                self.blocks.pop_lru();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(byte: u8) -> Vec<u8> {
        vec![byte; usize::try_from(BLOCK).unwrap()]
    }

    #[test]
    fn the_least_used_block_goes_first() {
        let mut cache = Cache::new(2 * usize::try_from(BLOCK).unwrap());
        let mut byte = [0];
        cache.keep(0, &[block(1), block(2)].concat());
        assert_eq!(cache.copy(5, &mut byte), Some(1));
        cache.keep(2 * BLOCK, &block(3));
        assert_eq!((cache.copy(0, &mut byte), byte), (Some(1), [1]));
        assert_eq!(cache.copy(BLOCK, &mut byte), None);
        assert_eq!((cache.copy(2 * BLOCK, &mut byte), byte), (Some(1), [3]));
        assert_eq!(cache.blocks.len(), 2);
    }

    #[test]
    fn gaps_end_at_the_next_block_that_is_kept() {
        let mut cache = Cache::new(16 << 20);
        cache.keep(4 * BLOCK, &block(1));
        assert_eq!(cache.gap(10, 20), 20);
        assert_eq!(cache.gap(10, 9 * BLOCK), 4 * BLOCK);
        assert_eq!(cache.gap(5 * BLOCK, 6 * BLOCK), 6 * BLOCK);
    }

    #[test]
    fn a_steady_reader_is_read_ahead_for() {
        let mut cache = Cache::new(16 << 20);
        cache.stopped(100);
        assert_eq!(cache.window(100), 2 * BLOCK);
        cache.stopped(200);
        assert_eq!(cache.window(200), 4 * BLOCK);
        assert_eq!(cache.window(9000), BLOCK);
        cache.expect(9000..19000);
        assert_eq!(cache.window(9000), 10_000);
        assert_eq!(cache.window(19_000), BLOCK);
        cache.expect(0..u64::MAX);
        assert_eq!(cache.window(5), 4 << 20);
    }
}
