//! A thread that says now and then that a build goes on, where no live lines show it.

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
    /// Calls `beat` once in so long.
    ///
    /// # Errors
    /// When the system gives no thread.
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
