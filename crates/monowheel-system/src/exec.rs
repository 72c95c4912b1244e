//! The only place that starts processes.
//!
//! A [`Call`] is a program with its arguments, environment and directory. It is either captured (short
//! probes, with a time limit) or logged (long tools: every line goes to a log file and to a callback
//! while the tool runs). Each child leads a process group of its own, so that Ctrl-C, a time limit
//! or `--fail-fast` ends the tool together with everything it started.

mod cancel;
mod empty_dir;
mod isolation;
mod leash;
mod output;
mod process;
mod run;
mod sandbox;
mod search_path;
mod signals;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use monowheel_error::{Error, ErrorKind, Result};

use crate::threads;
use process::Process;

pub use cancel::CancelToken;
pub use empty_dir::EmptyDir;
pub use isolation::{Isolation, IsolationReport, Isolator};
pub use output::read_log;
pub use sandbox::Sandbox;
pub use search_path::{on_path, search_path};
pub use signals::{Signals, check_signals};

/// A program to run, with its arguments and environment.
#[derive(Clone, Debug)]
pub struct Call {
    program: PathBuf,
    args: Vec<OsString>,
    env: Vec<(OsString, Variable)>,
    dir: Option<PathBuf>,
    /// Keeps the directory of [`Call::in_empty_dir`] alive.
    empty_dir: Option<EmptyDir>,
    #[cfg(unix)]
    jobs: Option<jobserver::Client>,
}

/// The setting of an environment variable.
#[derive(Clone)]
enum Variable {
    Set(OsString),
    /// Set, but never shown: in no log line, in no `Debug`.
    Secret(OsString),
    Removed,
}

impl std::fmt::Debug for Variable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Set(value) => write!(f, "Set({value:?})"),
            Self::Secret(_) => f.write_str("Secret"),
            Self::Removed => f.write_str("Removed"),
        }
    }
}

/// The output of a captured call, its beginning and its end, and the exit status.
#[derive(Clone, Debug)]
pub struct Captured {
    /// The exit status.
    pub status: ExitStatus,
    /// Standard output, invalid UTF-8 replaced.
    pub stdout: String,
    /// Standard error, invalid UTF-8 replaced.
    pub stderr: String,
}

impl Call {
    /// A call of `program` without arguments, in this process's directory and environment.
    pub fn new(program: impl AsRef<Path>) -> Self {
        Self {
            program: program.as_ref().to_path_buf(),
            args: Vec::new(),
            env: Vec::new(),
            dir: None,
            empty_dir: None,
            #[cfg(unix)]
            jobs: None,
        }
    }

    /// Adds one argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_os_string());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_os_string()));
        self
    }

    /// Sets an environment variable of the child.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().to_os_string(), Variable::Set(value.as_ref().to_os_string())));
        self
    }

    /// Sets an environment variable of the child that is never shown.
    #[must_use]
    pub fn secret(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().to_os_string(), Variable::Secret(value.as_ref().to_os_string())));
        self
    }

    /// Removes an environment variable from the child.
    #[must_use]
    pub fn without_env(mut self, name: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().to_os_string(), Variable::Removed));
        self
    }

    /// The directory to run in.
    #[must_use]
    pub fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.dir = Some(dir.as_ref().to_path_buf());
        self
    }

    /// This call as the last arguments of another program, which becomes it or starts it.
    #[must_use]
    pub fn within<S: AsRef<OsStr>>(mut self, program: impl AsRef<Path>, args: impl IntoIterator<Item = S>) -> Self {
        let own = std::mem::replace(&mut self.program, program.as_ref().to_path_buf()).into_os_string();
        let before = args.into_iter().map(|arg| arg.as_ref().to_os_string()).chain([own]);
        self.args.splice(0..0, before);
        self
    }

    /// Runs in a new empty directory, so that nothing in the current one is imported, read or run.
    ///
    /// # Errors
    /// When the directory cannot be created.
    pub fn in_empty_dir(self) -> Result<Self> {
        Ok(self.in_dir(EmptyDir::create()?))
    }

    /// Runs in this empty directory, which exists as long as the call.
    #[must_use]
    pub fn in_dir(mut self, empty: EmptyDir) -> Self {
        self.dir = Some(empty.path().to_path_buf());
        self.empty_dir = Some(empty);
        self
    }

    /// Shares the tokens of a GNU make job server with the child, so that several cargo calls
    /// together start no more compilers than there are cores.
    #[cfg(unix)]
    #[must_use]
    pub fn jobs(mut self, jobs: &jobserver::Client) -> Self {
        self.jobs = Some(jobs.clone());
        self
    }

    /// The call as a line that can be pasted into a shell: variables set, program, arguments.
    #[must_use]
    pub fn shell_line(&self) -> String {
        let vars = self.env.iter().filter_map(|(name, value)| match value {
            Variable::Set(value) => Some(format!("{}={}", name.to_string_lossy(), quoted(value))),
            Variable::Secret(_) => Some(format!("{}=…", name.to_string_lossy())),
            Variable::Removed => None,
        });
        let words =
            std::iter::once(self.program.as_os_str()).chain(self.args.iter().map(OsString::as_os_str)).map(quoted);
        vars.chain(words).collect::<Vec<_>>().join(" ")
    }

    fn name(&self) -> String {
        self.program.file_name().unwrap_or(self.program.as_os_str()).to_string_lossy().into_owned()
    }

    /// The command that starts it, with pipes for its output.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, value) in &self.env {
            match value {
                Variable::Set(value) | Variable::Secret(value) => command.env(name, value),
                Variable::Removed => command.env_remove(name),
            };
        }
        self.set_search_path(&mut command);
        if let Some(dir) = &self.dir {
            command.current_dir(dir);
        }
        #[cfg(unix)]
        if let Some(jobs) = &self.jobs {
            jobs.configure(&mut command);
        }
        command
    }

    /// Gives the child a `PATH` without relative entries ([`search_path()`]).
    fn set_search_path(&self, command: &mut Command) {
        let own = self.env.iter().rev().find(|(name, _)| name == "PATH").map(|(_, value)| value);
        let path = match own {
            Some(Variable::Set(value) | Variable::Secret(value)) => Some(value.clone()),
            Some(Variable::Removed) => None,
            None => std::env::var_os("PATH"),
        };
        match search_path::without_relative(path) {
            // An empty PATH is the current directory; without one, the system's own directories are searched.
            Some(path) if path.is_empty() => command.env_remove("PATH"),
            Some(path) => command.env("PATH", path),
            None => command,
        };
    }

    fn spawn(&self) -> Result<Process> {
        Process::spawn(self.command()).map_err(|error| {
            if error.kind() == std::io::ErrorKind::WouldBlock {
                return threads::refused(&format!("{} could not be started: {error}", self.name()));
            }
            Error::new(ErrorKind::Toolchain, format!("{} could not be started: {error}", self.name()))
                .at(self.program.display())
                .next("check that it is installed and executable; `monowheel plan` shows which tools are used")
        })
    }
}

/// The name of the signal that ended a call, such as `SIGSEGV`. bubblewrap reports a signal inside as a shell does.
#[must_use]
pub fn signal(status: &ExitStatus, is_isolated: bool) -> Option<String> {
    #[cfg(unix)]
    {
        let inside = status.code().filter(|code| is_isolated && *code > 128).map(|code| code - 128);
        let number = std::os::unix::process::ExitStatusExt::signal(status).or(inside)?;
        let name = signal_hook::low_level::signal_name(number);
        Some(name.map_or_else(|| format!("signal {number}"), str::to_owned))
    }
    #[cfg(not(unix))]
    {
        let _ = (status, is_isolated);
        None
    }
}

/// The last `count` non-empty lines, each truncated to a screen's width.
#[must_use]
pub fn last_lines(text: &str, count: usize) -> String {
    const LONGEST: usize = 2000;
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().rev().filter(|line| !line.trim().is_empty()).take(count) {
        lines.push(match line.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line.to_owned(),
        });
    }
    lines.reverse();
    lines.join("\n")
}

/// A word, quoted for a POSIX shell.
///
/// The `shlex` crate quotes it if necessary. It would also quote `x==1.0` and `--target=x`, which no shell
/// changes; these stay unquoted, as in Python's `shlex.quote`, because people read and paste such commands.
#[must_use]
pub fn quoted(word: impl AsRef<OsStr>) -> String {
    let word = word.as_ref().to_string_lossy();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=+./:,@%".contains(c);
    // zsh replaces `=ls` by the path of ls.
    if !word.is_empty() && !word.starts_with('=') && word.chars().all(is_plain) {
        return word.into_owned();
    }
    // The only error is a NUL, which no argument of a program can have.
    shlex::Quoter::new().allow_nul(true).quote(&word).unwrap_or_default().into_owned()
}

/// The file name of a program on this system.
#[must_use]
pub fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

#[cfg(all(test, unix))]
mod tests;
