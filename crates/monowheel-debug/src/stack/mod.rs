//! `monowheel debug stack` and `debug hang`: the stacks of all threads, with the frames of both languages in order, and
//! what each thread waits for.

mod hang;
mod names;
mod pystack;
mod waits;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use monowheel_build::symbols::folder::SymbolFile;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{CancelToken, last_lines};
use serde::Serialize;

pub use hang::{Ended, hang};
pub use names::Unnamed;
pub use waits::{Finding, Kind, Wait};

use crate::frames;
use crate::running::Running;

/// The version of the JSON report.
pub const SCHEMA: &str = "monowheel.debug-stack/1";
const TICK: Duration = Duration::from_millis(50);
/// How long a command may run after its stacks should have been read.
const LONGEST: Duration = Duration::from_secs(600);

/// Whose stacks to read.
#[derive(Clone, Debug)]
pub enum Target {
    /// A running process.
    Process(u32),
    /// A core file.
    Core(PathBuf),
    /// A command that is started, left alone for so long, and ended after its stacks were read.
    Command(Vec<String>, Duration),
}

/// How to read them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// Also the values of local variables.
    pub locals: bool,
    /// Line tables, for frames of stripped libraries.
    pub symbols: &'a [SymbolFile],
    /// The Python that runs monowheel: pystack may be beside it.
    pub python: Option<&'a Path>,
}

/// The stacks of a process.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The process; absent for a core file.
    pub process: Option<u32>,
    /// Who waits for whom.
    pub findings: Vec<Finding>,
    /// Each with its innermost frame first.
    pub threads: Vec<Thread>,
    /// Libraries whose frames have no names.
    pub unnamed: Vec<Unnamed>,
}

/// One thread.
#[derive(Clone, Debug, Serialize)]
pub struct Thread {
    /// Its number, of the system.
    pub id: u32,
    /// Its name, of the system.
    pub name: String,
    /// Whether it has the GIL, or waits for it.
    pub gil: Option<Gil>,
    /// What it waits for, by its innermost frames.
    pub waits: Option<Wait>,
    /// The innermost first.
    pub frames: Vec<Frame>,
}

/// A thread and the GIL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gil {
    /// It has the GIL.
    Holds,
    /// It waits for it.
    WaitsFor,
}

/// One frame.
#[derive(Clone, Debug, Serialize)]
pub struct Frame {
    /// Of Python or native.
    pub language: Language,
    /// Its function; empty if it is not known.
    pub function: String,
    /// Its file; empty if it is not known.
    pub file: String,
    /// Its line; 0 if it is not known.
    pub line: u32,
    /// The library that has it, for a native one.
    pub library: String,
    /// The place of its code from the base of the library, for a native one; of a caller, where it goes on.
    pub address: Option<u64>,
    /// Its line of source, for one of Python.
    pub source: String,
    /// Its variables, `name: value`, if wanted.
    pub variables: Vec<String>,
}

/// The language of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Python.
    Python,
    /// Rust, C, C++.
    Native,
}

impl Frame {
    /// Whether it is of CPython, `PyO3` or the Rust standard library.
    #[must_use]
    pub fn is_plumbing(&self) -> bool {
        self.language == Language::Native
            && (frames::is_plumbing(&self.function, &self.file) || frames::is_system(&self.library))
    }

    /// `planted::stuck::deadlock (src/stuck.rs:13)`.
    #[must_use]
    pub fn label(&self) -> String {
        match (self.file.as_str(), self.line) {
            ("", _) if self.function.is_empty() => {
                format!("? in {}", self.library.rsplit('/').next().unwrap_or(&self.library))
            }
            ("", _) => self.function.clone(),
            (file, 0) => format!("{} ({file})", self.function),
            (file, line) => format!("{} ({file}:{line})", self.function),
        }
    }
}

/// Reads the stacks.
///
/// # Errors
/// When there is no such process, file or program, it cannot be read, or pystack is missing.
pub fn read(target: &Target, options: Options<'_>, stop: &CancelToken) -> Result<Report> {
    supported()?;
    match target {
        Target::Process(id) => {
            if !Path::new(&format!("/proc/{id}")).exists() {
                return Err(Error::new(ErrorKind::Usage, format!("there is no process {id}"))
                    .next("let monowheel start it: monowheel debug stack -- COMMAND"));
            }
            pystack::check(*id)?;
            of_process(*id, options, stop)
        }
        Target::Core(core) => Ok(report(None, pystack::of_core(core, options, stop)?, options.symbols)),
        Target::Command(words, after) => {
            let running = Running::start(words, *after + LONGEST, stop)?;
            let begin = Instant::now();
            while begin.elapsed() < *after {
                stop.wait(TICK)?;
                if let Some(ended) = running.poll()? {
                    let what = format!("the command ended with {} before its stacks were read", ended.status);
                    let what = format!("{what}\n{}", last_lines(&ended.stderr, 5));
                    return Err(Error::new(ErrorKind::Tool, what.trim_end()).next("read them earlier: --after SECONDS"));
                }
            }
            of_process(running.id, options, stop)
        }
    }
}

fn of_process(id: u32, options: Options<'_>, stop: &CancelToken) -> Result<Report> {
    Ok(report(Some(id), pystack::of_process(id, options, stop)?, options.symbols))
}

fn report(process: Option<u32>, mut threads: Vec<Thread>, symbols: &[SymbolFile]) -> Report {
    // The process may have another root directory: it is in a container.
    let root = process.map_or_else(|| PathBuf::from("/"), |id| PathBuf::from(format!("/proc/{id}/root")));
    let unnamed = names::name(&mut threads, symbols, &root);
    for thread in &mut threads {
        thread.waits = waits::wait(thread);
    }
    Report { schema: SCHEMA, process, findings: waits::findings(&threads), threads, unnamed }
}

fn supported() -> Result<()> {
    if cfg!(target_os = "linux") {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Toolchain, "pystack reads processes on Linux only")
        .next("run the program on Linux, for example in a container"))
}
