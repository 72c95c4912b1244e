//! Another time for the second build: with `faketime`, if it is installed and the compiler works with it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_system::exec::on_path;
use monowheel_system::exec::{Call, CancelToken};

use crate::manifest::Manifest;
use crate::toolchain::rust::{self, Toolchain};

/// How far the clock is ahead.
const AHEAD: [&str; 2] = ["-f", "+400d"];
/// A compiler answers within milliseconds.
const LIMIT: Duration = Duration::from_secs(10);

/// The clock of the second build.
#[derive(Debug)]
pub(super) enum Clock {
    /// A program sets it.
    Ahead {
        /// The program.
        faketime: PathBuf,
        /// Whether the compiler is one of rustup's.
        by_rustup: bool,
    },
    /// The real clock, for this reason.
    True(&'static str),
}

impl Clock {
    /// The clock for another build like the one whose distributions are in `here`.
    ///
    /// A compiler with an allocator of its own, such as rustup's, may hang forever under libfaketime (0.9.10); a
    /// build then treats it as missing, and uses another one. So the compiler of the first build is tried first.
    pub(super) fn for_set(here: &Path, stop: &CancelToken) -> Self {
        let Some(faketime) = on_path("faketime") else { return Self::True("no faketime") };
        let name = Manifest::read(here).ok().and_then(|built| built.tools.toolchain);
        let toolchains = rust::discover(stop).unwrap_or_default();
        let used = toolchains.iter().find(|toolchain| Some(&toolchain.name) == name.as_ref());
        let answers = |used: &&Toolchain| {
            Call::new(&faketime).args(AHEAD).arg(&used.rustc).arg("-vV").stdout(LIMIT, stop).is_ok()
        };
        match used.filter(answers) {
            Some(used) => Self::Ahead { by_rustup: used.by_rustup, faketime },
            None => Self::True("rustc does not run under faketime"),
        }
    }

    /// A call that runs with this clock.
    pub(super) fn set(&self, call: Call) -> Call {
        match self {
            Self::Ahead { faketime, .. } => call.arg(faketime).args(AHEAD),
            Self::True(_) => call,
        }
    }

    /// Whether the build has to wait for compilers of rustup that it does not use and that may not answer.
    pub(super) const fn is_delayed_by_rustup(&self) -> bool {
        matches!(self, Self::Ahead { by_rustup: false, .. })
    }

    /// In words.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Ahead { .. } => "400 days later".to_owned(),
            Self::True(why) => format!("later only by the duration of the first build: {why}"),
        }
    }
}
