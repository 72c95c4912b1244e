//! The size of unpacked content, as its file states it.

/// The most that a file of line tables, or a section of one, may unpack to.
pub(super) const MOST: u64 = 2 << 30;
/// Deflate packs nothing to less than this part (1,032 times, by its format).
const MOST_RATIO: u64 = 1100;

/// A stated size, if so many bytes can have it: room is made before anything is unpacked.
pub(super) fn believed(stated: u64, packed: usize) -> Option<usize> {
    let size = Some(stated).filter(|size| *size <= MOST && size / MOST_RATIO <= packed as u64);
    size.and_then(|size| usize::try_from(size).ok())
}
