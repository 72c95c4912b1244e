//! Numbers at a place in a file, read and overwritten. Nothing is read or written outside the bytes.

/// A little-endian number of 16 bits.
pub fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

/// A little-endian number of 32 bits.
pub fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

/// A little-endian number of 64 bits.
pub fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_le_bytes)
}

/// A big-endian number of 32 bits.
pub fn big_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_be_bytes)
}

/// A little-endian number of 32 bits as a place or a length.
pub fn place_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}

/// `count` bytes from a place on.
pub fn part(bytes: &[u8], at: usize, count: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(count)?)
}

/// Writes over what is there; `None` and nothing written when there are not enough bytes.
#[must_use]
pub fn put(bytes: &mut [u8], at: usize, new: &[u8]) -> Option<()> {
    bytes.get_mut(at..at.checked_add(new.len())?)?.copy_from_slice(new);
    Some(())
}

/// Writes a length or a place as 32 bits, little-endian.
#[must_use]
pub fn put32(bytes: &mut [u8], at: usize, number: usize) -> Option<()> {
    put(bytes, at, &u32::try_from(number).ok()?.to_le_bytes())
}

/// Writes a length or a place as 64 bits, little-endian.
#[must_use]
pub fn put64(bytes: &mut [u8], at: usize, number: usize) -> Option<()> {
    put(bytes, at, &u64::try_from(number).ok()?.to_le_bytes())
}
