//! SHA-256, as wheels, manifests and cache keys use it.

use std::io::Read;
use std::path::Path;

use monowheel_error::Result;
use sha2::{Digest, Sha256};

use crate::exec::check_signals;
use crate::regular_file;

/// The lower-case hexadecimal SHA-256 of a file.
///
/// # Errors
/// When the file cannot be read or is not a regular one, or this process was asked to terminate.
pub fn sha256_file(path: &Path) -> Result<String> {
    sha256_read(&mut regular_file::open(path)?)
}

/// The lower-case hexadecimal SHA-256 of everything that `reader` gives.
///
/// # Errors
/// When it cannot be read, or this process was asked to terminate.
pub fn sha256_read(reader: &mut impl Read) -> Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        check_signals()?;
        match reader.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

/// The lower-case hexadecimal SHA-256 of bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Whether a text has the format of [`hex`].
pub fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
