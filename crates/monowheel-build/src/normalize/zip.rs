//! Writes the archive: nothing in it comes from a clock, a file system or a umask (PKWARE APPNOTE 6.3.10).
//!
//! Deflate is libdeflate's at its highest level. Measured (2026-11, one core): hello_world's ELF library 199,231 bytes
//! where zlib-rs at level 9 gives 206,205 and zopfli with 15 iterations 198,031; cryptography's library of 14 MB
//! 4,379,461 in 2.3 s where zlib-rs gives 4,530,869 and zopfli, with one iteration, 4,481,422 in 21 s. It computes with
//! integers and does not depend on processor features, so that every machine gives the same bytes; zopfli asks the
//! system for logarithms.

use libdeflater::{CompressionLvl, Compressor};
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::check_signals;
use monowheel_system::threads;
use monowheel_wheel::time;
use rayon::prelude::*;

use crate::normalize::members::File;

/// Version 2.0 of the format, which has deflate; and with it, made on Unix.
const VERSION: u16 = 20;
const MADE_ON_UNIX: u16 = 3 << 8 | VERSION;
/// The name is UTF-8.
const UTF8: u16 = 1 << 11;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Regular files, readable by everyone and writable by their owner.
const PLAIN: u32 = 0o100_644;
/// The same, executable by everyone.
const EXECUTABLE: u32 = 0o100_755;

/// A member of the archive.
struct Packed<'a> {
    file: &'a File,
    method: u16,
    crc32: u32,
    /// The compressed bytes; `None` if the file's own are as short.
    data: Option<Vec<u8>>,
    /// The position of its local header.
    offset: usize,
}

/// The archive of these files, in their order; `time` is in seconds since 1970.
///
/// # Errors
/// When it would need ZIP64, which not every installer supports: over 4 GiB, or over 65,535 members.
pub(super) fn write(files: &[File], time: Option<u64>) -> Result<Vec<u8>> {
    threads::ready()?;
    let mut packed: Vec<Packed<'_>> = files.par_iter().map(pack).collect::<Result<_>>()?;
    // Without a time: the first that the format can store, 1980-01-01.
    let stamp = time::to_dos(time.unwrap_or(0));
    let mut out = Vec::new();
    for member in &mut packed {
        member.offset = out.len();
        out.extend(b"PK\x03\x04");
        member.write_common(&mut out, stamp)?;
        out.extend(0_u16.to_le_bytes());
        out.extend(member.file.path.as_bytes());
        out.extend(member.data());
    }
    let start = out.len();
    for member in &packed {
        member.write_central(&mut out, stamp)?;
    }
    let size = narrow(out.len() - start)?;
    let count = u16::try_from(packed.len()).ok().filter(|count| *count != u16::MAX).ok_or_else(too_large)?;
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(narrow(start)?.to_le_bytes());
    out.extend(0_u16.to_le_bytes());
    Ok(out)
}

fn pack(file: &File) -> Result<Packed<'_>> {
    check_signals()?;
    let crc32 = crc32fast::hash(&file.bytes);
    let data = Some(deflate(&file.bytes)?).filter(|data| data.len() < file.bytes.len());
    let method = if data.is_some() { DEFLATED } else { STORED };
    Ok(Packed { file, method, crc32, data, offset: 0 })
}

/// Raw deflate.
fn deflate(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut compressor = Compressor::new(CompressionLvl::best());
    let mut out = vec![0; compressor.deflate_compress_bound(bytes.len())];
    let length = compressor
        .deflate_compress(bytes, &mut out)
        .map_err(|error| Error::new(ErrorKind::Format, format!("a member cannot be compressed: {error}")))?;
    out.truncate(length);
    Ok(out)
}

impl Packed<'_> {
    fn data(&self) -> &[u8] {
        self.data.as_deref().unwrap_or(&self.file.bytes)
    }

    /// From the version needed to the length of the name: the fields that both records share.
    fn write_common(&self, out: &mut Vec<u8>, (date, time): (u16, u16)) -> Result<()> {
        let flags = if self.file.path.is_ascii() { 0 } else { UTF8 };
        for number in [VERSION, flags, self.method, time, date] {
            out.extend(number.to_le_bytes());
        }
        for number in [self.crc32, narrow(self.data().len())?, narrow(self.file.bytes.len())?] {
            out.extend(number.to_le_bytes());
        }
        let name = u16::try_from(self.file.path.len()).map_err(|_| too_large().at(&self.file.path))?;
        out.extend(name.to_le_bytes());
        Ok(())
    }

    fn write_central(&self, out: &mut Vec<u8>, stamp: (u16, u16)) -> Result<()> {
        out.extend(b"PK\x01\x02");
        out.extend(MADE_ON_UNIX.to_le_bytes());
        self.write_common(out, stamp)?;
        // Extra fields, comment, disk, internal attributes.
        out.extend([0; 8]);
        let mode = if self.file.executable { EXECUTABLE } else { PLAIN };
        out.extend((mode << 16).to_le_bytes());
        out.extend(narrow(self.offset)?.to_le_bytes());
        out.extend(self.file.path.as_bytes());
        Ok(())
    }
}

/// A 32-bit number that is a value itself, not the marker for ZIP64.
fn narrow(number: usize) -> Result<u32> {
    u32::try_from(number).ok().filter(|number| *number != u32::MAX).ok_or_else(too_large)
}

fn too_large() -> Error {
    Error::new(ErrorKind::Format, "the wheel cannot be rewritten: its archive would need ZIP64")
        .next("reduce the wheel's size: PyPI's default limit is 100 MB")
}

#[cfg(test)]
mod tests {
    use monowheel_wheel::archive::{Archive, Limits};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_does_not_shrink_is_stored() -> Result<()> {
        let files = [
            File { path: "a".to_owned(), bytes: b"abc".to_vec(), executable: false },
            File { path: "é".to_owned(), bytes: vec![0; 100], executable: true },
        ];
        let bytes = write(&files, None)?;
        let archive = Archive::open(&bytes, &Limits::default())?;
        let seen: Vec<_> =
            archive.members.iter().map(|member| (member.path.as_str(), member.method, member.mode)).collect();
        assert_eq!(seen, [("a", STORED, Some(PLAIN)), ("é", DEFLATED, Some(EXECUTABLE))]);
        Ok(())
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            contents in proptest::collection::vec(proptest::collection::vec(0_u8..4, 0..2000), 1..5),
        ) {
            let file = |(index, bytes)| File { path: format!("f/{index}"), bytes, executable: index % 2 == 0 };
            let files: Vec<File> = contents.into_iter().enumerate().map(file).collect();
            let bytes = write(&files, None).map_err(|error| TestCaseError::fail(error.to_string()))?;
            let archive = Archive::open(&bytes, &Limits::default())
                .map_err(|error| TestCaseError::fail(error.to_string()))?;
            let mut oddities = archive.oddities.clone();
            for (member, file) in archive.members.iter().zip(&files) {
                let mut read = Vec::new();
                let whole = archive.read(member, &mut oddities, &mut |piece| read.extend_from_slice(piece));
                prop_assert!(whole.is_ok_and(|whole| whole));
                prop_assert_eq!((&member.path, &read), (&file.path, &file.bytes));
            }
            prop_assert_eq!(oddities, vec![]);
            prop_assert_eq!(archive.members.len(), files.len());
        }
    }
}
