//! A question on a terminal, and its answer.

use std::io::BufRead as _;

use monowheel_error::Result;
use monowheel_system::exec::CancelToken;

/// Waits for an answer, or for Ctrl-C.
///
/// # Errors
/// When stdin cannot be read, and after `stop`.
pub(super) fn is_yes(stop: &CancelToken) -> Result<bool> {
    let line = stop.until(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    })??;
    Ok(["y", "yes"].contains(&line.trim().to_lowercase().as_str()))
}
