//! A question on a terminal, and its answer.

use std::io::BufRead as _;
use std::sync::mpsc;
use std::time::Duration;

use crate::error::Result;
use crate::exec::Stop;

/// Waits for an answer. The thread that reads may stay behind: nothing interrupts a read, and Ctrl-C has to end it.
///
/// # Errors
/// When stdin cannot be read, and after `stop`.
pub(super) fn is_yes(stop: &Stop) -> Result<bool> {
    let (sender, answers) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        let _ = sender.send(read.map(|_| line));
    });
    loop {
        stop.check()?;
        match answers.recv_timeout(Duration::from_millis(50)) {
            Ok(answer) => return Ok(["y", "yes"].contains(&answer?.trim().to_lowercase().as_str())),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(false),
        }
    }
}
