//! One check: its state, why it matters, and how to fix it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use monowheel_system::exec::quoted;
use serde::Serialize;

/// One check.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// What was checked: `project`, `rust`, `tools`, `isolation`, `lock`, `target`, `python`, `headers`, `venv`,
    /// `kernel`, `xonsh`, `extension`, `debugger`.
    pub check: &'static str,
    /// Where: a target, a tool, a file.
    pub place: String,
    /// Its state.
    pub state: State,
    /// Details.
    pub said: String,
    /// Why it matters.
    pub why: &'static str,
    /// How to fix it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// Duration of the attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
}

/// The state of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Healthy.
    Ok,
    /// A note that does not block anything.
    Note,
    /// Wrong.
    Wrong,
    /// It could not be checked.
    Unknown,
    /// Nothing to check.
    Skipped,
}

impl State {
    /// Whether it counts as healthy.
    #[must_use]
    pub const fn is_healthy(self) -> bool {
        matches!(self, Self::Ok | Self::Note | Self::Skipped)
    }
}

/// A fix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// A command or advice.
    pub command: String,
    /// Whether `--fix` runs it.
    pub(crate) by_fix: bool,
    /// The command in words.
    #[serde(skip)]
    pub(super) words: Vec<std::ffi::OsString>,
    /// Its working directory, if that matters.
    #[serde(skip)]
    pub(super) dir: Option<PathBuf>,
    /// The environment that is active while it runs.
    #[serde(skip)]
    pub(super) environment: Option<PathBuf>,
}

impl Check {
    /// A check without a name: it gets that of its file.
    pub fn new(place: impl Into<String>, state: State, said: impl Into<String>) -> Self {
        Self { check: "", place: place.into(), state, said: said.into(), why: "", fix: None, seconds: None }
    }

    pub(crate) fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    pub(crate) fn took(mut self, seconds: f64) -> Self {
        // Milliseconds: finer values differ from run to run.
        self.seconds = Some((seconds * 1000.0).round() / 1000.0);
        self
    }
}

impl Fix {
    /// Advice for the user.
    pub fn told(text: impl Into<String>) -> Self {
        Self { command: text.into(), by_fix: false, words: Vec::new(), dir: None, environment: None }
    }

    /// A command that can be run as is.
    pub fn run<S: AsRef<OsStr>>(words: &[S]) -> Self {
        let command = words.iter().map(quoted).collect::<Vec<_>>().join(" ");
        let words = words.iter().map(|word| word.as_ref().to_os_string()).collect();
        Self { command, by_fix: true, words, dir: None, environment: None }
    }

    /// `PYTHON -m MODULE WORDS…`; advice if no Python is known.
    pub(crate) fn python(python: Option<&Path>, words: &[&str]) -> Self {
        match python {
            Some(python) => {
                let all: Vec<&OsStr> =
                    [python.as_os_str(), OsStr::new("-m")].into_iter().chain(words.iter().map(OsStr::new)).collect();
                Self::run(&all)
            }
            None => Self::told(format!("python3 -m {}", words.iter().map(quoted).collect::<Vec<_>>().join(" "))),
        }
    }

    /// In this directory.
    pub(crate) fn within(mut self, dir: &Path) -> Self {
        self.command = format!("cd {} && {}", quoted(dir), self.command);
        self.dir = Some(dir.to_path_buf());
        self
    }

    /// With this environment active.
    pub(crate) fn active(mut self, environment: &Path) -> Self {
        self.command = format!("VIRTUAL_ENV={} {}", quoted(environment), self.command);
        self.environment = Some(environment.to_path_buf());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_pasted() {
        let fix = Fix::python(Some(Path::new("/my python")), &["pip", "install", "maturin>=1.16,<2"]);
        assert_eq!(fix.command, "'/my python' -m pip install 'maturin>=1.16,<2'");
        assert!(fix.by_fix);
        let there = Fix::run(&["cargo", "update"]).active(Path::new("/e")).within(Path::new("/a b"));
        assert_eq!(there.command, "cd '/a b' && VIRTUAL_ENV=/e cargo update");
        assert!(!Fix::python(None, &["pip"]).by_fix);
    }
}
