//! Errors: the description, the place, and the next step.
//!
//! Every fallible function of the core returns [`Error`]. It carries a [`kind`](Error::kind), which
//! decides the exit code and the Python exception, and three sentences for a person: what happened,
//! the place, and the next step. An *error* means that monowheel could not do its work; a defective wheel
//! is a finding, never an error.

pub mod near_names;
pub mod terminal;
pub mod text;
pub mod wrapping;

use std::fmt;

/// The version of monowheel.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The result of every fallible function of the core.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The result of a command, for its caller. One enum for all commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ExitCode {
    /// Everything requested was done and nothing is wrong.
    Clean = 0,
    /// It was done, and the checked object is defective (a wheel that breaks its contract).
    Findings = 1,
    /// The command line, the configuration or the project has to change first.
    Usage = 2,
    /// It could not be completed: a tool failed or is missing, the disk is full, monowheel has a bug.
    Incomplete = 3,
    /// Its terminal was closed (SIGHUP); 128 + the signal's number, as in a shell.
    HungUp = 129,
    /// Ctrl-C (SIGINT).
    Interrupted = 130,
    /// It was asked to terminate (SIGTERM).
    Terminated = 143,
}

/// The kinds of errors that a caller may want to distinguish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A wrong argument or a wrong `[tool.monowheel]` table.
    Usage,
    /// The project cannot be built in its current state (no `PyO3`, no abi3, wrong module name, …).
    Project,
    /// A tool, a toolchain or a standard library is missing or unusable.
    Toolchain,
    /// A tool ran and failed.
    Tool,
    /// Reading or writing failed.
    Io,
    /// A wheel, an archive or a binary could not be read.
    Format,
    /// Another monowheel process holds a required resource.
    Busy,
    /// Ctrl-C, or a request to terminate.
    Interrupted,
    /// monowheel itself failed: a panic.
    Defect,
}

impl ErrorKind {
    /// The family's name for programs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Project => "project",
            Self::Toolchain => "toolchain",
            Self::Tool => "tool",
            Self::Io => "io",
            Self::Format => "format",
            Self::Busy => "busy",
            Self::Interrupted => "interrupted",
            Self::Defect => "defect",
        }
    }

    /// The exit code of a command that ends with this kind of error.
    #[must_use]
    pub const fn exit_code(self) -> ExitCode {
        match self {
            Self::Usage | Self::Project => ExitCode::Usage,
            _ => ExitCode::Incomplete,
        }
    }
}

/// The description, the place, and the next step.
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    what: String,
    place: Option<String>,
    next: Option<String>,
}

impl Error {
    /// An error with its description, one sentence without a final stop.
    pub fn new(kind: ErrorKind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), place: None, next: None }
    }

    /// Sets the place: a file, a target, a table.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.place = Some(place.to_string());
        self
    }

    /// Sets the next step, preferably a command that can be pasted.
    #[must_use]
    pub fn next(mut self, step: impl Into<String>) -> Self {
        self.next = Some(step.into());
        self
    }

    /// The kind of this error.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The description, without place and next step.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The place, if any.
    #[must_use]
    pub fn place(&self) -> Option<&str> {
        self.place.as_deref()
    }

    /// The next step, if there is one.
    #[must_use]
    pub fn next_step(&self) -> Option<&str> {
        self.next.as_deref()
    }
}

/// For people: names from files, tools and servers are escaped, and no line can be a command to a CI.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = |text: &str, between: &str| {
            let lines: Vec<String> = text
                .split('\n')
                .map(|line| terminal::without_commands(&terminal::safe_line(line)).into_owned())
                .collect();
            lines.join(between)
        };
        f.write_str(&lines(&self.what, "\n"))?;
        if let Some(place) = &self.place {
            // A place is one line, whatever its name contains.
            write!(f, "\n  at: {}", text::harmless(place))?;
        }
        if let Some(next) = &self.next {
            write!(f, "\n  next: {}", lines(next, "\n        "))?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    /// `fs_err` already names the file and the operation; a full or read-only disk gets its next step.
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind as Io;
        let next = match error.kind() {
            Io::StorageFull | Io::QuotaExceeded => {
                "free some space on that disk and run the command again; no incomplete file was kept"
            }
            Io::ReadOnlyFilesystem | Io::PermissionDenied => {
                "choose a writable directory (`--out DIR`), or change its permissions"
            }
            _ => return Self::new(ErrorKind::Io, error.to_string()),
        };
        Self::new(ErrorKind::Io, error.to_string()).next(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_where_and_what_next() {
        let error = Error::new(ErrorKind::Project, "no Cargo.toml").at("/p").next("run it elsewhere");
        assert_eq!(error.to_string(), "no Cargo.toml\n  at: /p\n  next: run it elsewhere");
        assert_eq!(error.kind().exit_code(), ExitCode::Usage);
    }

    #[test]
    fn names_in_it_act_on_nothing() {
        let error = Error::new(ErrorKind::Format, "no wheel: \u{202e}x\n::error::y\n\tld: z")
            .at("a\u{1b}[2J\n::error::b.whl")
            .next("one\n::add-mask::two");
        assert_eq!(
            error.to_string(),
            "no wheel: <U+202E>x\n: :error::y\n    ld: z\n  at: a<U+001B>[2J\\n::error::b.whl\n  next: one\n        \
             : :add-mask::two"
        );
    }

    #[test]
    fn a_full_disk_gets_a_next_step() {
        let error = Error::from(std::io::Error::from(std::io::ErrorKind::StorageFull));
        assert!(error.next_step().is_some_and(|next| next.contains("free some space")));
        assert_eq!(error.kind().exit_code(), ExitCode::Incomplete);
    }
}
