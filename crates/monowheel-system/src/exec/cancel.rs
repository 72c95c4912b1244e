//! Asking what runs to end, and waiting without being deaf to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use monowheel_error::{Error, ErrorKind, Result};

use super::signals;
use crate::threads;

/// How often somebody who waits looks whether he shall stop.
const TICK: Duration = Duration::from_millis(20);

/// A flag that asks running calls to end: set by Ctrl-C, or by the first failure of `--fail-fast`.
#[derive(Clone, Debug, Default)]
pub struct CancelToken {
    flag: Arc<AtomicBool>,
    above: Option<Arc<CancelToken>>,
    hears_signals: bool,
}

impl CancelToken {
    /// A flag that is set as well when this process was asked to end.
    pub(super) fn on_signals() -> Self {
        Self { hears_signals: true, ..Self::default() }
    }

    /// A flag of its own that is set as well whenever this one is.
    #[must_use]
    pub fn below(&self) -> Self {
        Self { flag: Arc::default(), above: Some(Arc::new(self.clone())), hears_signals: false }
    }

    /// Asks every call that watches this flag to end.
    pub fn set(&self) {
        self.flag.store(true, Ordering::SeqCst);
    }

    /// Whether somebody asked to end.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.flag.load(Ordering::SeqCst)
            || self.above.as_ref().is_some_and(|above| above.is_set())
            || self.hears_signals && signals::received().is_some()
    }

    /// The error to end with once the flag is set.
    ///
    /// # Errors
    /// [`ErrorKind::Interrupted`] when the flag is set.
    pub fn check(&self) -> Result<()> {
        if self.is_set() { Err(Error::new(ErrorKind::Interrupted, "stopped")) } else { Ok(()) }
    }

    /// Waits, unless the flag is set meanwhile.
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

    /// Does what may block and cannot be interrupted, on a thread that stays behind until it is done when the flag is set
    /// meanwhile: one that reads from a silent connection, or from a terminal.
    ///
    /// # Errors
    /// As [`check`](Self::check), and when there is no thread to be had.
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
