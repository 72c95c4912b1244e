//! Ctrl-C, and the other ways to ask this process to end: the first asks, the second ends.
//!
//! The first one is noted, and whoever has a [`CancelToken`] of these signals sees it and ends in order: children are asked
//! to end, and what is half done goes. The second one ends the process at once; its children are killed by their
//! [`leash`](super::leash).

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

/// The signal that came first while somebody listens; 0 for none.
static RECEIVED: AtomicI32 = AtomicI32::new(0);

/// Who listens, and what was in the place of our handlers before.
static LISTENING: Mutex<(usize, Option<system::Handlers>)> = Mutex::new((0, None));

/// Notes these signals until it is dropped: SIGINT, SIGTERM and SIGHUP; on Windows Ctrl-C, Ctrl-Break, and a console that
/// closes. Then everything is as it was, also for the Python that runs this.
#[derive(Debug)]
pub struct Signals(());

impl Signals {
    /// Begins to listen. What was ignored stays ignored (`nohup`, a shell's `&`).
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

    /// The exit code of a process that was asked to end, once it was.
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

/// For long loops that have no token: an error once this process was asked to end.
///
/// # Errors
/// [`ErrorKind::Interrupted`] then.
pub fn check_signals() -> Result<()> {
    if received().is_some() { Err(Error::new(ErrorKind::Interrupted, "stopped")) } else { Ok(()) }
}

/// The signal that came.
pub(super) fn received() -> Option<i32> {
    Some(RECEIVED.load(Ordering::Relaxed)).filter(|number| *number != 0)
}

/// Notes the first signal; whether it is another one. Async-signal-safe.
fn is_second(number: i32) -> bool {
    RECEIVED.compare_exchange(0, number, Ordering::SeqCst, Ordering::SeqCst).is_err()
}
