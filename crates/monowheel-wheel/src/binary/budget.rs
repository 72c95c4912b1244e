//! The remaining [`limits`] while one slice is read.
//!
//! Tables of a hostile file may overlap: a million symbols can share one name of a megabyte. So every
//! step that a count in the file may repeat is charged here, and so is every copy that is kept.

use monowheel_error::{Error, Result};

use crate::binary::{limits, unreadable};

/// The remaining limits.
#[derive(Debug)]
pub(super) struct Budget {
    symbols: usize,
    imports: usize,
    name_bytes: usize,
    export_bytes: usize,
    parts: usize,
}

impl Budget {
    pub(super) const fn new() -> Self {
        Self {
            symbols: limits::SYMBOLS,
            imports: limits::IMPORTS,
            name_bytes: limits::NAME_BYTES,
            export_bytes: limits::EXPORT_BYTES,
            parts: limits::PARTS,
        }
    }

    /// Charges that many symbols.
    pub(super) fn symbols(&mut self, count: usize) -> Result<()> {
        self.symbols = self
            .symbols
            .checked_sub(count)
            .ok_or_else(|| unreadable(&format_args!("more than {} symbols", limits::SYMBOLS)))?;
        Ok(())
    }

    /// Charges an import, which is kept.
    pub(super) fn import(&mut self) -> Result<()> {
        self.imports = self
            .imports
            .checked_sub(1)
            .ok_or_else(|| unreadable(&format_args!("more than {} imports", limits::IMPORTS)))?;
        Ok(())
    }

    /// Charges that many libraries, segments, versions or table entries.
    pub(super) fn parts(&mut self, count: usize) -> Result<()> {
        self.parts = self
            .parts
            .checked_sub(count)
            .ok_or_else(|| unreadable(&format_args!("more than {} parts", limits::PARTS)))?;
        Ok(())
    }

    /// The string that begins with these bytes and ends before a NUL byte.
    pub(super) fn name<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8]> {
        let within = bytes.get(..self.name_bytes).unwrap_or(bytes);
        match memchr::memchr(0, within) {
            Some(end) => {
                self.name_bytes -= end;
                bytes.get(..end).ok_or_else(|| unreadable(&"a name that is not terminated"))
            }
            None if within.len() < bytes.len() => Err(too_many_names()),
            None => Err(unreadable(&"a name that is not terminated")),
        }
    }

    /// The same for the name of an export, which is examined but not kept.
    pub(super) fn export<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8]> {
        let within = bytes.get(..self.export_bytes).unwrap_or(bytes);
        let end = memchr::memchr(0, within).ok_or_else(|| unreadable(&"a name that is not terminated"))?;
        self.export_of(end)?;
        bytes.get(..end).ok_or_else(|| unreadable(&"a name that is not terminated"))
    }

    /// Charges that many bytes of an export's name.
    pub(super) fn export_of(&mut self, bytes: usize) -> Result<()> {
        self.export_bytes = self.export_bytes.checked_sub(bytes).ok_or_else(too_many_names)?;
        Ok(())
    }

    /// Charges a name of that many bytes, whose end is already known.
    pub(super) fn name_of(&mut self, bytes: usize) -> Result<()> {
        self.name_bytes = self.name_bytes.checked_sub(bytes).ok_or_else(too_many_names)?;
        Ok(())
    }

    /// The same as text; bytes that are not UTF-8 are replaced.
    pub(super) fn text(&mut self, bytes: &[u8]) -> Result<String> {
        Ok(String::from_utf8_lossy(self.name(bytes)?).into_owned())
    }

    /// All of these bytes as text.
    pub(super) fn text_of(&mut self, bytes: &[u8]) -> Result<String> {
        self.name_of(bytes.len())?;
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }
}

fn too_many_names() -> Error {
    unreadable(&format_args!("more than {} MiB of names", limits::NAME_BYTES >> 20))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what it expects")]
mod tests {
    use super::*;

    #[test]
    fn names_end_somewhere() {
        let mut budget = Budget::new();
        assert_eq!(budget.text(b"libc.so.6\0rest").unwrap(), "libc.so.6");
        assert_eq!(budget.text(b"\0").unwrap(), "");
        assert!(budget.text(b"libc").is_err());
        assert!(budget.text(b"").is_err());
    }

    #[test]
    fn a_name_that_is_read_again_and_again_is_paid_for_each_time() {
        let mut long = vec![b'a'; limits::NAME_BYTES / 2 - 1];
        long.push(0);
        let mut budget = Budget::new();
        assert!(budget.name(&long).is_ok());
        assert!(budget.name(&long).is_ok());
        assert!(budget.name(&long).is_err());
        for _ in 0..limits::EXPORT_BYTES / long.len() {
            assert!(budget.export(&long).is_ok());
        }
        assert!(budget.export(&long).is_err());
        assert!(budget.symbols(limits::SYMBOLS).is_ok());
        assert!(budget.symbols(1).is_err());
        assert!(budget.parts(limits::PARTS + 1).is_err());
    }
}
