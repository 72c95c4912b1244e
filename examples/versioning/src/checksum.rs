//! The checksum.

use std::fmt;

/// The polynomial of IEEE 802.3, the lowest bit first.
const POLYNOMIAL: u32 = 0xEDB8_8320;

/// The effect of each byte on the remainder.
const TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    let mut byte: u32 = 0;
    while index < 256 {
        let mut remainder = byte;
        let mut bit = 0;
        while bit < 8 {
            remainder = if remainder & 1 == 1 { (remainder >> 1) ^ POLYNOMIAL } else { remainder >> 1 };
            bit += 1;
        }
        table[index] = remainder;
        index += 1;
        byte += 1;
    }
    table
}

/// Data that does not match its checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// The expected checksum.
    pub expected: u32,
    /// The checksum of the data.
    pub found: u32,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the data has the checksum {:08x}, not {:08x}", self.found, self.expected)
    }
}

impl std::error::Error for Error {}

/// The checksum of the bytes, continued from `start`: 0, or the checksum of what comes before them.
///
/// It takes bytes one by one, so that memory that others may write to is read without a reference to it.
#[must_use]
pub fn crc32(bytes: impl IntoIterator<Item = u8>, start: u32) -> u32 {
    let end = bytes.into_iter().fold(!start, |remainder, byte| {
        let [low, ..] = remainder.to_le_bytes();
        (remainder >> 8) ^ TABLE[usize::from(low ^ byte)]
    });
    !end
}

/// Whether the bytes have this checksum.
pub fn verify(bytes: impl IntoIterator<Item = u8>, expected: u32) -> Result<(), Error> {
    match crc32(bytes, 0) {
        found if found == expected => Ok(()),
        found => Err(Error { expected, found }),
    }
}
