//! Reads and overwrites integers at an offset in a file. Nothing is accessed outside the bytes.

/// A little-endian 16-bit integer.
pub fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

/// A little-endian 32-bit integer.
pub fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

/// A little-endian 64-bit integer.
pub fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_le_bytes)
}

/// A big-endian 32-bit integer.
pub fn big_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_be_bytes)
}

/// A little-endian 32-bit integer as an offset or a length.
pub fn place_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}

/// `count` bytes from an offset.
pub fn part(bytes: &[u8], at: usize, count: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(count)?)
}

/// Overwrites bytes; `None` and nothing written if there are not enough bytes.
#[must_use]
pub fn put(bytes: &mut [u8], at: usize, new: &[u8]) -> Option<()> {
    bytes.get_mut(at..at.checked_add(new.len())?)?.copy_from_slice(new);
    Some(())
}

/// Writes a length or an offset as 32 bits, little-endian.
#[must_use]
pub fn put32(bytes: &mut [u8], at: usize, number: usize) -> Option<()> {
    put(bytes, at, &u32::try_from(number).ok()?.to_le_bytes())
}

/// Writes a length or an offset as 64 bits, little-endian.
#[must_use]
pub fn put64(bytes: &mut [u8], at: usize, number: usize) -> Option<()> {
    put(bytes, at, &u64::try_from(number).ok()?.to_le_bytes())
}
