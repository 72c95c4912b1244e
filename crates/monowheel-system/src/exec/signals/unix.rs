//! Signal handlers by sigaction(2).
//!
//! signal-hook, which keeps its handlers forever and calls Python's own afterwards, would make Python ignore SIGTERM
//! and raise a second KeyboardInterrupt for a signal that was already handled.
#![expect(unsafe_code, reason = "sigaction has no safe interface that gives back what was there before")]

use std::ffi::c_int;
use std::io;

use monowheel_error::ExitCode;

const ASKING: [c_int; 3] = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP];

/// The previous handlers, for each signal that we handle.
#[derive(Debug)]
pub(super) struct Handlers(Vec<(c_int, Before)>);

struct Before(libc::sigaction);

impl std::fmt::Debug for Before {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Before")
    }
}

extern "C" fn noted(number: c_int) {
    if super::is_second(number) {
        // SAFETY: _exit is async-signal-safe, and it runs no destructor.
        unsafe { libc::_exit(128 + number) }
    }
}

impl Handlers {
    pub(super) fn install() -> io::Result<Self> {
        let mut installed = Self(Vec::new());
        for number in ASKING {
            let mut ours = empty();
            ours.sa_sigaction = noted as extern "C" fn(c_int) as libc::sighandler_t;
            // An interrupted read continues; waiting code checks the flag. The stack of Python's threads is its own.
            ours.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
            let before = exchange(number, None)?;
            if before.sa_sigaction != libc::SIG_IGN {
                exchange(number, Some(&ours))?;
                installed.0.push((number, Before(before)));
            }
        }
        Ok(installed)
    }
}

impl Drop for Handlers {
    fn drop(&mut self) {
        for (number, Before(before)) in &self.0 {
            // It was there before: the system accepts it again.
            let _ = exchange(*number, Some(before));
        }
    }
}

/// The exit code that a shell reports for a process killed by this signal.
pub(super) const fn exit_code(number: c_int) -> ExitCode {
    match number {
        libc::SIGTERM => ExitCode::Terminated,
        libc::SIGHUP => ExitCode::HungUp,
        _ => ExitCode::Interrupted,
    }
}

const fn empty() -> libc::sigaction {
    // SAFETY: a structure of integers, a set of bits, and an optional function: zeros are valid for each. As a mask
    // they are the empty set on every system that Rust has a standard library for.
    unsafe { std::mem::zeroed() }
}

/// The handler of a signal, replaced by another one, if it is given.
fn exchange(number: c_int, with: Option<&libc::sigaction>) -> io::Result<libc::sigaction> {
    let mut before = empty();
    let with = with.map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the pointers are to structures of this type, or null where that is allowed. Our handler is
    // async-signal-safe: an atomic exchange and _exit.
    if unsafe { libc::sigaction(number, with, &raw mut before) } == 0 {
        Ok(before)
    } else {
        Err(io::Error::last_os_error())
    }
}
