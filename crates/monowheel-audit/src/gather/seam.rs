//! Searches a file that arrives in pieces, also for what begins in one piece and ends in another.

/// The end of the pieces so far. Nothing longer than `OVERLAP` bytes is found across pieces.
#[derive(Default)]
pub(super) struct Seam<const OVERLAP: usize> {
    bytes: Vec<u8>,
    /// Whether the file has bytes before these.
    goes_on: bool,
}

impl<const OVERLAP: usize> Seam<OVERLAP> {
    /// Calls `search` with the bytes around the beginning of the piece, then with the piece, until it finds something;
    /// it is told whether there is something before the bytes.
    pub(super) fn search<T>(&mut self, piece: &[u8], search: impl Fn(&[u8], bool) -> Option<T>) -> Option<T> {
        self.bytes.extend(piece.iter().take(OVERLAP));
        let found = search(&self.bytes, self.goes_on).or_else(|| search(piece, true));
        if piece.len() > OVERLAP {
            self.bytes.clear();
            self.bytes.extend(piece.iter().skip(piece.len() - OVERLAP));
            self.goes_on = true;
        }
        let known = self.bytes.len().saturating_sub(OVERLAP);
        self.goes_on |= known > 0;
        self.bytes.drain(..known);
        found
    }
}
