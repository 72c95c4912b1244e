//! A hash for symbol names: every `Py` import of every wheel is looked up several times, and the keys
//! of the tables are our own, so that nobody can choose them to collide.

use std::hash::Hasher;

/// Multiply and rotate, eight bytes at a time (the way of `rustc-hash`).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NameHash(u64);

/// An odd number with evenly spread bits (2⁶⁴ over the golden ratio).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl NameHash {
    const fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(SPREAD);
    }
}

impl Hasher for NameHash {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
            self.add(u64::from_le_bytes(word));
        }
    }

    fn finish(&self) -> u64 {
        // The table takes the low bits for the place and the high ones for the tag.
        self.0 ^ (self.0 >> 32)
    }
}
