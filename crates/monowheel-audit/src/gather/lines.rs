//! A second hash of Python files, without carriage returns: a checkout on Windows changes only the line endings.

use memchr::memchr;
use sha2::{Digest as _, Sha256};

/// Hashes a file without its carriage returns, once there is one.
#[derive(Default)]
pub(super) struct Lines {
    hash: Option<Sha256>,
}

impl Lines {
    /// Takes a piece; `before` is the hash of all bytes before it.
    pub(super) fn add(&mut self, before: &Sha256, piece: &[u8]) {
        if self.hash.is_none() && memchr(b'\r', piece).is_none() {
            return;
        }
        let hash = self.hash.get_or_insert_with(|| before.clone());
        for line in piece.split(|byte| *byte == b'\r') {
            hash.update(line);
        }
    }

    /// The hash; `None` when there was no carriage return.
    pub(super) fn finish(self) -> Option<[u8; 32]> {
        self.hash.map(|hash| hash.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pieces: &[&[u8]]) -> Option<[u8; 32]> {
        let (mut whole, mut lines) = (Sha256::new(), Lines::default());
        for piece in pieces {
            lines.add(&whole, piece);
            whole.update(piece);
        }
        lines.finish()
    }

    #[test]
    fn line_ends_do_not_count() {
        let plain: [u8; 32] = Sha256::digest(b"a\nb\nc\n").into();
        assert_eq!(of(&[b"a\nb\nc\n"]), None);
        assert_eq!(of(&[b"a\r\nb\r\nc\r\n"]), Some(plain));
        assert_eq!(of(&[b"a\n", b"b\r", b"\nc\r\n", b""]), Some(plain));
    }
}
