//! Asking what runs to end, and waiting without being deaf to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use monowheel_error::{Error, ErrorKind, Result};

/// How often somebody who waits looks whether he shall stop.
const TICK: Duration = Duration::from_millis(20);

/// A flag that asks running calls to end: set by Ctrl-C, or by the first failure of `--fail-fast`.
#[derive(Clone, Debug, Default)]
pub struct CancelToken {
    flag: Arc<AtomicBool>,
    above: Option<Arc<AtomicBool>>,
}

impl CancelToken {
    /// A flag that SIGINT, SIGTERM and SIGHUP set for the rest of this process.
    ///
    /// # Errors
    /// When the operating system refuses the signal handler.
    #[cfg_attr(not(unix), allow(clippy::unnecessary_wraps, reason = "only Unix installs a handler"))]
    pub fn on_signals() -> Result<Self> {
        let stop = Self::default();
        #[cfg(unix)]
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&stop.flag))?;
        }
        Ok(stop)
    }

    /// A flag of its own that is set as well whenever this one is.
    #[must_use]
    pub fn below(&self) -> Self {
        Self { flag: Arc::default(), above: Some(Arc::clone(&self.flag)) }
    }

    /// Asks every call that watches this flag to end.
    pub fn set(&self) {
        self.flag.store(true, Ordering::SeqCst);
    }

    /// Whether somebody asked to end.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.flag.load(Ordering::SeqCst) || self.above.as_ref().is_some_and(|above| above.load(Ordering::SeqCst))
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
        std::thread::Builder::new().spawn(move || sender.send(work()))?;
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
