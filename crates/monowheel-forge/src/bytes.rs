//! A growing file in one byte order and one word size.

/// Bytes being written.
#[derive(Clone, Debug)]
pub(crate) struct Bytes {
    pub bytes: Vec<u8>,
    pub big_endian: bool,
    pub is_64: bool,
}

impl Bytes {
    pub(crate) const fn new(big_endian: bool, is_64: bool) -> Self {
        Self { bytes: Vec::new(), big_endian, is_64 }
    }

    /// Where the next byte goes.
    pub(crate) fn here(&self) -> u64 {
        self.bytes.len() as u64
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    pub(crate) fn u8(&mut self, value: u8) -> &mut Self {
        self.raw(&[value])
    }

    pub(crate) fn u16(&mut self, value: u16) -> &mut Self {
        self.raw(&if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() })
    }

    pub(crate) fn u32(&mut self, value: u32) -> &mut Self {
        self.raw(&if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() })
    }

    pub(crate) fn u64(&mut self, value: u64) -> &mut Self {
        self.raw(&if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() })
    }

    /// A number of the width of an address.
    pub(crate) fn word(&mut self, value: u64) -> &mut Self {
        if self.is_64 { self.u64(value) } else { self.u32(u32::try_from(value).expect("an address of 32 bits")) }
    }

    /// Zeros up to a multiple of `align`.
    pub(crate) fn align(&mut self, align: usize) -> &mut Self {
        self.bytes.resize(self.bytes.len().next_multiple_of(align), 0);
        self
    }

    /// Zeros.
    pub(crate) fn zeros(&mut self, count: usize) -> &mut Self {
        self.bytes.resize(self.bytes.len() + count, 0);
        self
    }

    /// Overwrites bytes.
    pub(crate) fn put(&mut self, at: u64, bytes: &[u8]) {
        let at = usize::try_from(at).expect("an offset in memory");
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }
}

/// A table of strings that end in a zero byte; the first is empty.
#[derive(Clone, Debug)]
pub(crate) struct Strings(pub Vec<u8>);

impl Strings {
    pub(crate) fn new() -> Self {
        Self(vec![0])
    }

    /// Adds a string and returns its offset.
    pub(crate) fn add(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let at = self.0.len();
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(0);
        u32::try_from(at).expect("a small table")
    }
}
