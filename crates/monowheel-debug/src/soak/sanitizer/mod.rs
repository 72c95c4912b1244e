//! What a module that was built with a sanitizer needs, and what the sanitizer reports.

pub(super) mod address;
pub(super) mod thread;

use std::path::Path;

use monowheel_build::sanitized::Sanitizer;
use monowheel_error::Result;
use monowheel_system::exec::{Call, CancelToken};

/// The runtime of a sanitizer.
#[derive(Debug)]
pub(super) enum Runtime {
    /// A compiler's library.
    Address(address::Runtime),
    /// Part of the interpreter.
    Thread,
}

impl Runtime {
    /// The one that a wheel needs.
    ///
    /// # Errors
    /// [`monowheel_error::ErrorKind::Toolchain`] when there is none; after Ctrl-C.
    pub(super) fn of(sanitizer: Sanitizer, stop: &CancelToken) -> Result<Self> {
        match sanitizer {
            Sanitizer::Address => Ok(Self::Address(address::Runtime::find(stop)?)),
            Sanitizer::Thread => Ok(Self::Thread),
        }
    }

    /// The call with the runtime and its options; `on_stdout`: see [`Runtime::reports_on_stdout`].
    pub(super) fn with(&self, call: Call, on_stdout: bool) -> Call {
        match self {
            Self::Address(runtime) => runtime.with(call),
            Self::Thread => call.env("TSAN_OPTIONS", thread::options(on_stdout)),
        }
    }

    /// The same for the shell, before `python`.
    pub(super) fn shell(&self) -> String {
        match self {
            Self::Address(runtime) => runtime.shell(),
            Self::Thread => format!("TSAN_OPTIONS={} ", thread::QUIET),
        }
    }

    /// A library that the interpreter reads.
    pub(super) fn library(&self) -> Option<&Path> {
        match self {
            Self::Address(runtime) => Some(runtime.library()),
            Self::Thread => None,
        }
    }

    /// How many times longer Python takes with it to start and to run.
    pub(super) const fn slowness(&self) -> u32 {
        match self {
            Self::Address(_) => 1,
            Self::Thread => 10,
        }
    }

    /// Whether it can write its reports to standard output, and goes on after each.
    pub(super) const fn reports_on_stdout(&self) -> bool {
        matches!(self, Self::Thread)
    }
}
