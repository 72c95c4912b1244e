//! Arguments of `soak`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use monowheel_build::sanitized::Sanitizer;
use monowheel_error::{Error, ErrorKind, Result};

use crate::cli::args::isolation::IsolationArgs;

/// What to call, in which conditions, for how long.
#[derive(Args, Debug)]
pub(crate) struct SoakArgs {
    /// Wheels of one release, or their directory [default: dist]
    ///
    /// With --sanitizer the directory of a project [default: .]
    #[arg(value_name = "WHEEL|DIR")]
    wheels: Vec<PathBuf>,
    /// Build the project in DIR with this sanitizer, and soak that
    ///
    /// rustc's -Zsanitizer, for this machine alone. gcc or clang has the runtime of `address`; `thread` needs the interpreter
    /// that `monowheel lab get cpython-3.15t-tsan` installs, and Rust's sources. The wheel is kept in the directory of the
    /// scripts.
    #[arg(long, value_enum, value_name = "SANITIZER")]
    pub(crate) sanitizer: Option<SanitizerName>,
    /// Only on this interpreter, and fail if it is missing; may be given more than once
    ///
    /// A version or a path: 3.13, 3.15t, /usr/bin/python3.
    #[arg(long = "python", value_name = "VERSION|PATH")]
    pub(crate) pythons: Vec<String>,
    /// Only in this condition; may be given more than once [default: all]
    #[arg(long = "mode", value_enum, value_name = "MODE")]
    pub(crate) modes: Vec<ModeName>,
    /// Only call this function, class or method; may be given more than once
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,
    /// Seconds for all of it
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=604_800))]
    pub(crate) seconds: u64,
    /// Another number makes other calls
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Continue from this file, if it exists, and write it
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Directory for the scripts that repeat what was found
    #[arg(short, long, value_name = "DIR", default_value = "soak")]
    pub(crate) output: PathBuf,
    /// Seconds without progress after which a call counts as hanging
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(7..=3600))]
    pub(crate) hang: u64,
    /// Directory of wheels that the release needs; may be given more than once
    #[arg(long, value_name = "DIR")]
    pub(crate) find_links: Vec<PathBuf>,
    /// Do not install dependencies from an index
    #[arg(long)]
    pub(crate) offline: bool,
    #[command(flatten)]
    pub(crate) isolation: IsolationArgs,
}

impl SoakArgs {
    /// The wheels, if none is built.
    pub(crate) fn wheels(&self) -> Vec<PathBuf> {
        if self.wheels.is_empty() { vec!["dist".into()] } else { self.wheels.clone() }
    }

    /// The project to build.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for more than one.
    pub(crate) fn project(&self) -> Result<PathBuf> {
        let project = match self.wheels.as_slice() {
            [] => PathBuf::from("."),
            [one] if one.is_dir() => one.clone(),
            [one, ..] => {
                return Err(Error::new(ErrorKind::Usage, "not the directory of one project")
                    .at(one.display())
                    .next("--sanitizer builds a project; a wheel that was built with a sanitizer needs no option"));
            }
        };
        if project.join("pyproject.toml").is_file() {
            return Ok(project);
        }
        let what = "there is no pyproject.toml, so there is nothing that --sanitizer could build";
        Err(Error::new(ErrorKind::Usage, what).at(project.display()).next("name the directory of a PyO3 project"))
    }
}

/// A sanitizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SanitizerName {
    /// Memory that is used after its end, or beyond it.
    Address,
    /// Memory that threads use at the same time, on a free-threaded CPython.
    Thread,
}

impl SanitizerName {
    pub(crate) const fn sanitizer(self) -> Sanitizer {
        match self {
            Self::Address => Sanitizer::Address,
            Self::Thread => Sanitizer::Thread,
        }
    }
}

/// A condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModeName {
    /// One call after the other.
    Plain,
    /// With -X dev.
    Dev,
    /// In four threads.
    Threads,
    /// In interpreters that end.
    Subinterpreters,
    /// While the interpreter ends.
    Shutdown,
    /// After a fork.
    Fork,
    /// With an allocation that fails.
    Nomemory,
    /// While signals arrive.
    Signals,
    /// What remains after each call.
    Leaks,
}
