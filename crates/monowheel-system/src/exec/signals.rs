//! Ctrl-C, and the other signals that ask this process to terminate: the first asks, the second kills.
//!
//! The first one is recorded, and holders of a [`CancelToken`] of these signals see it and stop in order: children are
//! asked to terminate, and incomplete files are removed. The second one ends the process at once; its children are
//! killed by their [`leash`](super::leash).

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};

use monowheel_error::{Error, ErrorKind, ExitCode, Result};

use super::CancelToken;
#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

/// The signal that came first while there is a listener; 0 for none.
static RECEIVED: AtomicI32 = AtomicI32::new(0);

/// The listeners, and the previous handlers.
static LISTENING: Mutex<(usize, Option<system::Handlers>)> = Mutex::new((0, None));

/// Records these signals until it is dropped: SIGINT, SIGTERM and SIGHUP; on Windows Ctrl-C, Ctrl-Break, and a console
/// that closes. Then the previous handlers are restored, also for the Python that runs this.
#[derive(Debug)]
pub struct Signals(());

impl Signals {
    /// Starts listening. Ignored signals stay ignored (`nohup`, a shell's `&`).
    ///
    /// # Errors
    /// When the operating system refuses the handler.
    pub fn listen() -> Result<Self> {
        let mut listening = LISTENING.lock().unwrap_or_else(PoisonError::into_inner);
        if listening.1.is_none() {
            RECEIVED.store(0, Ordering::SeqCst);
            listening.1 = Some(system::Handlers::install()?);
        }
        listening.0 += 1;
        Ok(Self(()))
    }

    /// The flag that they set.
    #[must_use]
    pub fn token(&self) -> CancelToken {
        CancelToken::on_signals()
    }

    /// The exit code of a process that was asked to terminate, if it was.
    #[must_use]
    pub fn exit_code(&self) -> Option<ExitCode> {
        received().map(system::exit_code)
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        let mut listening = LISTENING.lock().unwrap_or_else(PoisonError::into_inner);
        listening.0 -= 1;
        if listening.0 == 0 {
            listening.1 = None;
        }
    }
}

/// For long loops that have no token: an error if this process was asked to terminate.
///
/// # Errors
/// [`ErrorKind::Interrupted`] then.
pub fn check_signals() -> Result<()> {
    if received().is_some() { Err(Error::new(ErrorKind::Interrupted, "stopped")) } else { Ok(()) }
}

/// The recorded signal.
pub(super) fn received() -> Option<i32> {
    Some(RECEIVED.load(Ordering::Relaxed)).filter(|number| *number != 0)
}

/// Records the first signal; returns whether it is another one. Async-signal-safe.
fn is_second(number: i32) -> bool {
    RECEIVED.compare_exchange(0, number, Ordering::SeqCst, Ordering::SeqCst).is_err()
}
