//! From what happened to a finding: the fewest lines that repeat it, and whether they do.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::Result;
use monowheel_system::atomic_write;
use monowheel_system::exec::CancelToken;
use serde::{Deserialize, Serialize};

use super::event::{Ended, Kind};
use super::mode::Mode;
use super::sanitizer::{Runtime, address};
use super::script;
use super::worker::Workshop;

/// How often a script runs until it counts as one that does not repeat it: threads meet by chance.
const TRIES: usize = 3;
/// Runs to find the fewest lines.
const RUNS: usize = 60;
/// How long one run of a script may take.
const LIMIT: Duration = Duration::from_secs(60);

/// A defect.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of defect it is.
    pub kind: Kind,
    /// In which condition.
    pub mode: Mode,
    /// The interpreter.
    pub python: String,
    /// The call, as in the last of the lines.
    pub call: String,
    /// What happened.
    pub what: String,
    /// The lines that repeat it.
    pub lines: Vec<String>,
    /// What was printed: stacks.
    pub trace: String,
    /// The script that repeats it.
    pub script: Option<PathBuf>,
    /// Whether the script did so when it was run again.
    pub repeats: bool,
    /// How to fix it.
    pub fix: String,
}

/// What happened, before it is examined.
#[derive(Debug)]
pub(super) struct Suspect {
    pub(super) kind: Kind,
    pub(super) mode: Mode,
    pub(super) lines: Vec<String>,
    /// What ran before in the same process, which may be the cause.
    pub(super) history: Vec<String>,
    pub(super) what: String,
    pub(super) trace: String,
}

/// Where scripts are written, and for whom.
#[derive(Debug)]
pub(super) struct Desk<'a> {
    pub(super) workshop: &'a Workshop<'a>,
    pub(super) modules: &'a [String],
    /// The interpreter, as in a report.
    pub(super) python: &'a str,
    /// The directory of the scripts.
    pub(super) output: &'a Path,
}

impl Desk<'_> {
    /// Examines a suspect: leaves out lines that it does not need, writes the script, and runs it again.
    pub(super) fn examine(&self, suspect: Suspect, stop: &CancelToken) -> Result<Finding> {
        let Suspect { kind, mode, mut lines, history, what, trace } = suspect;
        let mut repeats = !lines.is_empty() && self.repeats(kind, mode, &lines, stop)?;
        if !repeats && !history.is_empty() {
            let all: Vec<String> = history.into_iter().chain(lines.iter().cloned()).collect();
            repeats = self.repeats(kind, mode, &all, stop)?;
            lines = if repeats || lines.is_empty() { all } else { lines };
        }
        if repeats {
            lines = self.reduced(kind, mode, lines, stop)?;
        }
        let call = call_of(lines.last().map_or("", String::as_str));
        let script = self.write(kind, mode, &call, &lines)?;
        // The file itself, as its reader will run it.
        repeats = repeats && self.runs(kind, mode, &script, stop)?;
        let fix = fix(kind, mode).to_owned();
        let python = self.python.to_owned();
        Ok(Finding { kind, mode, python, call, what, lines, trace, script: Some(script), repeats, fix })
    }

    /// Leaves out what it does not need: halves, quarters, and so on down to single lines.
    fn reduced(&self, kind: Kind, mode: Mode, mut lines: Vec<String>, stop: &CancelToken) -> Result<Vec<String>> {
        let (mut part, mut runs) = (lines.len().div_ceil(2), 0);
        while lines.len() > 1 && runs < RUNS {
            let mut at = 0;
            while at < lines.len() && lines.len() > 1 && runs < RUNS {
                let end = (at + part).min(lines.len());
                let fewer: Vec<String> = lines[..at].iter().chain(&lines[end..]).cloned().collect();
                runs += 1;
                if !fewer.is_empty() && self.repeats(kind, mode, &fewer, stop)? {
                    lines = fewer;
                } else {
                    at = end;
                }
            }
            if part == 1 {
                break;
            }
            part = part.div_ceil(2);
        }
        Ok(lines)
    }

    /// Writes the script of a finding.
    pub(super) fn write(&self, kind: Kind, mode: Mode, call: &str, lines: &[String]) -> Result<PathBuf> {
        let safe = |text: &str| {
            let safe: String =
                text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
            safe.trim_matches(['-', '.']).to_owned()
        };
        let name = format!("{}-{}-{}-{}.py", kind.word(), mode.word(), safe(call), safe(self.python));
        fs_err::create_dir_all(self.output)?;
        let path = std::path::absolute(self.output)?.join(name);
        atomic_write::write(&path, self.text(kind, mode, lines))?;
        Ok(path)
    }

    fn text(&self, kind: Kind, mode: Mode, lines: &[String]) -> String {
        let environment = self.workshop.sanitizer.as_ref().map(Runtime::shell).unwrap_or_default();
        script::text(mode, kind, &script::On { python: self.python, environment: &environment }, self.modules, lines)
    }

    fn repeats(&self, kind: Kind, mode: Mode, lines: &[String], stop: &CancelToken) -> Result<bool> {
        let folder = tempfile::Builder::new().prefix("monowheel-repeat-").tempdir()?;
        let path = folder.path().join("repeat.py");
        fs_err::write(&path, self.text(kind, mode, lines))?;
        self.runs(kind, mode, &path, stop)
    }

    fn runs(&self, kind: Kind, mode: Mode, script: &Path, stop: &CancelToken) -> Result<bool> {
        let tries = if matches!(mode, Mode::Threads | Mode::Shutdown | Mode::Signals) { TRIES } else { 1 };
        for _ in 0..tries {
            let ended = self.workshop.repeat(mode, script, LIMIT, stop)?;
            if is_same(kind, mode, &ended) || kind == Kind::Race && self.workshop.is_reported(ended.printed()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn is_same(kind: Kind, mode: Mode, ended: &Ended) -> bool {
    match (kind, ended) {
        (Kind::Memory, Ended::Signal(_, printed)) => address::defect(printed).is_some(),
        (Kind::Crash, Ended::Signal(name, _)) => name != "SIGKILL",
        (Kind::Abort, Ended::Signal(name, printed)) => name == "SIGABRT" && printed.contains("panic"),
        (Kind::Panic, Ended::Failed(printed)) => printed.contains("PanicException"),
        // In a thread it is printed, and the process continues.
        (Kind::Panic, Ended::Well(printed)) => mode == Mode::Threads && printed.contains("PanicException"),
        (Kind::SystemError, Ended::Well(printed)) => mode == Mode::Threads && printed.contains("SystemError"),
        (Kind::SystemError, Ended::Failed(printed)) => printed.contains("SystemError"),
        (Kind::Hang, Ended::Hang(_)) => true,
        (Kind::Hang, Ended::Failed(printed)) => printed.contains("the child hangs"),
        _ => false,
    }
}

/// `planted.race` of `v1 = planted.race(3)`; `.drop` of a method.
pub(super) fn call_of(line: &str) -> String {
    let expression = match line.split_once(" = ") {
        Some((name, rest)) if name.chars().all(|c| c.is_ascii_alphanumeric()) => rest,
        _ => line,
    };
    let end = expression.find(['(', ' ', '[']).unwrap_or(expression.len());
    let name = &expression[..end];
    match name.split_once('.') {
        // An instance that an earlier line made.
        Some((first, method)) if first.starts_with('v') && first[1..].bytes().all(|b| b.is_ascii_digit()) => {
            format!(".{method}")
        }
        _ => name.to_owned(),
    }
}

const fn fix(kind: Kind, mode: Mode) -> &'static str {
    match (kind, mode) {
        (Kind::Panic, _) => {
            "return an error instead: `ok_or_else(|| PyValueError::new_err(…))?` for unwrap, expect, and indices"
        }
        (Kind::Abort, _) => {
            "do not panic in a function that C calls: catch it with std::panic::catch_unwind, and return an error"
        }
        (Kind::SystemError, _) => "return Err(…) where an exception is set, and never a value",
        (Kind::Hang, Mode::Fork) => {
            "start threads again in the child (os.register_at_fork), or raise an error if the process is not the one that started them"
        }
        (Kind::Hang, _) => "release locks before you call Python, and detach before you wait for them: docs/debug.md",
        (Kind::Crash, Mode::Threads) => {
            "find the unsafe code that shares data without a lock: its Sync or Send is not true"
        }
        (Kind::Crash, Mode::Subinterpreters) => "keep Python objects in the state of the module, not in statics",
        (Kind::Crash, Mode::Shutdown) => {
            "do not call Python after it has ended: use atexit.register instead of Py_AtExit, and stop threads there"
        }
        (Kind::Crash, Mode::NoMemory) => "check each pointer that the C API returns for null",
        (Kind::Memory, _) => {
            "correct the unsafe code in the first frame of your crate: the second stack shows who allocated or freed it"
        }
        (Kind::Race, _) => {
            "share the data through a Mutex, an atomic or a frozen class: the stacks show both accesses, and the Sync or Send that allows them is not true"
        }
        (Kind::Leak, _) => "run monowheel debug leaks with this line for the cause and the stack",
        (Kind::Crash, _) => {
            "run the script with monowheel debug break, which shows the stack of the crash with its values"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_call_of_a_line() {
        for (line, call) in [
            ("planted.race(3)", "planted.race"),
            ("v1 = planted.Node(a=2)", "planted.Node"),
            ("v1.change(x = 1)", ".change"),
            ("v0 == v0", "v0"),
            ("m.f(a=\" = \")", "m.f"),
            ("", ""),
        ] {
            assert_eq!(call_of(line), call, "{line}");
        }
    }
}
