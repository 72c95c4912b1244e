//! Asks running work to stop, and waits interruptibly.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use monowheel_error::{Error, ErrorKind, Result};

use super::signals;
use crate::threads;

/// The poll interval of the stop flag.
const TICK: Duration = Duration::from_millis(20);

/// A flag that asks running calls to stop: set by Ctrl-C, or by the first failure of `--fail-fast`.
#[derive(Clone, Debug, Default)]
pub struct CancelToken {
    flag: Arc<AtomicBool>,
    above: Option<Arc<CancelToken>>,
    hears_signals: bool,
}

impl CancelToken {
    /// A flag that is also set when this process is asked to terminate.
    pub(super) fn on_signals() -> Self {
        Self { hears_signals: true, ..Self::default() }
    }

    /// A child flag that is also set whenever this one is.
    #[must_use]
    pub fn below(&self) -> Self {
        Self { flag: Arc::default(), above: Some(Arc::new(self.clone())), hears_signals: false }
    }

    /// Asks every call that watches this flag to stop.
    pub fn set(&self) {
        self.flag.store(true, Ordering::SeqCst);
    }

    /// Whether the flag is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.flag.load(Ordering::SeqCst)
            || self.above.as_ref().is_some_and(|above| above.is_set())
            || self.hears_signals && signals::received().is_some()
    }

    /// The error that reports the flag.
    ///
    /// # Errors
    /// [`ErrorKind::Interrupted`] when the flag is set.
    pub fn check(&self) -> Result<()> {
        if self.is_set() { Err(Error::new(ErrorKind::Interrupted, "stopped")) } else { Ok(()) }
    }

    /// Waits, unless the flag is set in the meantime.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn wait(&self, time: Duration) -> Result<()> {
        let until = Instant::now() + time;
        loop {
            self.check()?;
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(TICK));
        }
    }

    /// Runs something that may block and cannot be interrupted, such as reading from a silent connection or a terminal.
    /// If the flag is set in the meantime, the thread continues in the background.
    ///
    /// # Errors
    /// As [`check`](Self::check), and when no thread can be started.
    pub fn until<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let (sender, done) = mpsc::sync_channel(1);
        threads::spawn(move || sender.send(work()))?;
        loop {
            match done.recv_timeout(TICK) {
                Ok(result) => return Ok(result),
                Err(RecvTimeoutError::Timeout) => self.check()?,
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Error::new(ErrorKind::Io, "the work ended without a result"));
                }
            }
        }
    }
}
