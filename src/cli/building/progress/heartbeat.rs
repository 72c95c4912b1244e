//! A thread that regularly reports the progress of a build without live lines.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use monowheel_error::Result;
use monowheel_system::threads;

/// Ends with the value.
pub(super) struct Heartbeat {
    /// The thread ends when this is dropped.
    _alive: Sender<()>,
}

impl Heartbeat {
    /// Calls `beat` at this interval.
    ///
    /// # Errors
    /// When no thread can be started.
    pub(super) fn start(every: Duration, beat: impl Fn() + Send + 'static) -> Result<Self> {
        let (alive, ended) = channel::<()>();
        threads::spawn(move || {
            while ended.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                beat();
            }
        })?;
        Ok(Self { _alive: alive })
    }
}
