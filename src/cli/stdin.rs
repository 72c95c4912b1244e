//! What standard input says. Ctrl-C ends the wait for it.

use std::io::{BufRead as _, Read as _, stdin};

use monowheel_error::{Error, ErrorKind, Result, text};
use monowheel_system::exec::CancelToken;

/// Waits for an answer, or for Ctrl-C.
///
/// # Errors
/// When stdin cannot be read, and after `stop`.
pub(super) fn is_yes(stop: &CancelToken) -> Result<bool> {
    let line = stop.until(|| {
        let mut line = String::new();
        stdin().lock().read_line(&mut line).map(|_| line)
    })??;
    Ok(["y", "yes"].contains(&line.trim().to_lowercase().as_str()))
}

/// Reads everything, at most `most` bytes.
///
/// # Errors
/// When there is more, when stdin cannot be read, and after `stop`.
pub(super) fn read_all(most: u64, stop: &CancelToken) -> Result<Vec<u8>> {
    let bytes = stop.until(move || {
        let mut bytes = Vec::new();
        stdin().lock().take(most + 1).read_to_end(&mut bytes).map(|_| bytes)
    })??;
    if bytes.len() as u64 > most {
        return Err(Error::new(ErrorKind::Usage, format!("stdin has more than {}", text::bytes(most)))
            .next("give a smaller file"));
    }
    Ok(bytes)
}
