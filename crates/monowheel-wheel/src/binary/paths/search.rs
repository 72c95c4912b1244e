//! The search for build paths in a file that arrives in pieces.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::binary::EmbeddedPaths;
use crate::binary::paths::anchor::{ANCHORS, MOST_BEFORE, MOST_BYTES, path_around};
use crate::words::Words;

pub(super) const MOST_PATHS: usize = 4096;
pub(super) const MOST_EXAMPLES: usize = 8;

static SEARCH: LazyLock<Option<Words>> =
    LazyLock::new(|| Words::new(&ANCHORS.iter().map(|(anchor, _)| *anchor).collect::<Vec<_>>()));

/// The paths so far.
#[derive(Debug, Default)]
pub(in crate::binary) struct PathSearch {
    found: EmbeddedPaths,
    known: HashSet<Vec<u8>>,
    /// The bytes of the file before this one were examined.
    from: usize,
    /// The last bytes that arrived: those that a path may continue, and those that matter before it.
    last: Vec<u8>,
    /// The number of bytes before them.
    before: usize,
}

impl PathSearch {
    /// The paths in a complete file.
    pub(super) fn of(bytes: &[u8]) -> EmbeddedPaths {
        let mut all = Self::default();
        all.run(bytes, 0, bytes.len());
        all.found
    }

    /// Takes the next piece.
    pub(in crate::binary) fn add(&mut self, piece: &[u8]) {
        // What begins in the last bytes, or so early in this piece that they matter.
        let (length, base) = (self.last.len(), self.before);
        let mut seam = std::mem::take(&mut self.last);
        seam.extend(piece.iter().take(MOST_BEFORE + MOST_BYTES));
        let until = (length + MOST_BEFORE).min(seam.len().saturating_sub(MOST_BYTES));
        self.run(&seam, base, until);
        let whole = piece.len().saturating_sub(MOST_BYTES);
        self.run(piece, base + length, whole);
        if piece.len() > MOST_BEFORE + MOST_BYTES {
            seam.clear();
            seam.extend(piece.iter().skip(whole - MOST_BEFORE));
            self.before = base + length + whole - MOST_BEFORE;
        } else {
            let old = until.saturating_sub(MOST_BEFORE);
            seam.drain(..old);
            self.before = base + old;
        }
        self.last = seam;
    }

    /// The paths, when the file is complete.
    pub(in crate::binary) fn finish(&mut self) -> &EmbeddedPaths {
        let last = std::mem::take(&mut self.last);
        self.run(&last, self.before, last.len());
        &self.found
    }

    /// Finds the paths whose anchors begin in the first bytes, before `until`; they are at `base` in the file.
    fn run(&mut self, bytes: &[u8], base: usize, until: usize) {
        let Some(search) = SEARCH.as_ref().filter(|_| until > 0) else { return };
        while self.found.count < MOST_PATHS {
            let from = self.from.saturating_sub(base);
            let Some(hit) = search.next(bytes, from.min(bytes.len())) else { break };
            let Some((anchor, needs)) = ANCHORS.get(hit.word).filter(|_| hit.start < until) else { break };
            let (path, end) = path_around(bytes, from, hit.start, anchor, *needs);
            // Always after the anchor's first byte, and after everything that was examined.
            self.from = base + end.max(hit.start + 1);
            if let Some(path) = path.filter(|path| !self.known.contains(*path)) {
                self.known.insert(path.to_vec());
                self.found.count += 1;
                if self.found.examples.len() < MOST_EXAMPLES {
                    self.found.examples.push(String::from_utf8_lossy(path).into_owned());
                }
            }
        }
    }
}
