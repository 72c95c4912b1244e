//! Random access to bytes: a file, memory, or an index by HTTP range requests.

use std::io;

use monowheel_error::Result;
use monowheel_system::regular_file;

/// Random access to the bytes of one wheel.
pub trait ReadAt: Send + Sync {
    /// The number of bytes.
    fn size(&self) -> u64;

    /// Fills `buffer` with the bytes from `offset` on.
    ///
    /// # Errors
    /// When they cannot be read, or there are fewer.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()>;

    /// Whether each part has to be fetched first, so that unnecessary reads should be avoided.
    fn is_remote(&self) -> bool {
        false
    }

    /// Announces that `length` bytes from `offset` on are read next: worth one request instead of many.
    fn expect(&self, _offset: u64, _length: u64) {}
}

impl ReadAt for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let from = usize::try_from(offset).ok().and_then(|from| self.get(from..)?.get(..buffer.len()));
        buffer.copy_from_slice(from.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?);
        Ok(())
    }
}

impl ReadAt for &[u8] {
    fn size(&self) -> u64 {
        (**self).size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        (**self).read_at(offset, buffer)
    }
}

impl<S: ReadAt + ?Sized> ReadAt for Box<S> {
    fn size(&self) -> u64 {
        (**self).size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        (**self).read_at(offset, buffer)
    }

    fn is_remote(&self) -> bool {
        (**self).is_remote()
    }

    fn expect(&self, offset: u64, length: u64) {
        (**self).expect(offset, length);
    }
}

impl ReadAt for Vec<u8> {
    fn size(&self) -> u64 {
        self.as_slice().size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        self.as_slice().read_at(offset, buffer)
    }
}

impl ReadAt for std::sync::Arc<[u8]> {
    fn size(&self) -> u64 {
        (**self).size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        (**self).read_at(offset, buffer)
    }
}

/// A file on disk. Not mapped: if another program truncates a wheel while it is read, that is an error, not a crash.
#[derive(Debug)]
pub struct File {
    file: fs_err::File,
    size: u64,
}

impl File {
    /// Opens a regular file; a FIFO or a device is rejected at once.
    ///
    /// # Errors
    /// When it cannot be opened, or is not a regular file.
    pub fn open(path: &std::path::Path) -> Result<Self> {
        Self::of(regular_file::open(path)?)
    }

    /// Uses a file that is open for reading.
    ///
    /// # Errors
    /// When its size cannot be determined.
    pub fn of(file: fs_err::File) -> Result<Self> {
        let size = file.metadata()?.len();
        Ok(Self { file, size })
    }
}

impl ReadAt for File {
    fn size(&self) -> u64 {
        self.size
    }

    #[cfg(unix)]
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        use std::os::unix::fs::FileExt as _;
        Ok(self.file.file().read_exact_at(buffer, offset)?)
    }

    #[cfg(windows)]
    fn read_at(&self, mut offset: u64, mut buffer: &mut [u8]) -> Result<()> {
        use std::os::windows::fs::FileExt as _;
        while !buffer.is_empty() {
            match self.file.file().seek_read(buffer, offset)? {
                0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
                read => {
                    buffer = &mut buffer[read..];
                    offset += read as u64;
                }
            }
        }
        Ok(())
    }
}
