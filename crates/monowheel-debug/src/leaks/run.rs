//! Starts the probe in the debugged interpreter, and reads what it wrote.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, last_lines};
use monowheel_system::foreign_file;
use serde::Serialize;

use super::record::{Autopsy, Line, Run, Stacks};
use super::{Options, Unit};
use crate::command::Work;

/// The Python package that runs inside.
const PROBE: [(&str, &str); 6] = [
    ("__init__.py", include_str!("monowheel_probe/__init__.py")),
    ("__main__.py", include_str!("monowheel_probe/__main__.py")),
    ("autopsy.py", include_str!("monowheel_probe/autopsy.py")),
    ("meter.py", include_str!("monowheel_probe/meter.py")),
    ("stacks.py", include_str!("monowheel_probe/stacks.py")),
    ("unit.py", include_str!("monowheel_probe/unit.py")),
];
/// Without the cache of each thread, `malloc` counts a freed block as free at once.
const TUNABLE: &str = "glibc.malloc.tcache_count=0";
/// A round is at least this long, unless the number of calls is set.
const SECONDS: f64 = 0.02;
/// The largest record: what runs may write to it too.
const MOST: u64 = 256 << 20;
/// The end of what the unit printed, in an error.
const PRINTED: usize = 15;

/// What the second run looks into.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Suspects {
    /// Types of tracked objects.
    pub(super) objects: Vec<String>,
    /// Types of other objects.
    pub(super) types: Vec<String>,
}

/// The plan, as the probe reads it.
#[derive(Serialize)]
struct Plan<'a> {
    record: &'a Path,
    allocations: &'a Path,
    warm_up: u32,
    rounds: u32,
    calls: u64,
    seconds: f64,
    memray: bool,
    suspects: Option<&'a Suspects>,
    setup: &'a str,
    call: &'a str,
    argv: &'a [String],
    #[serde(flatten)]
    work: Target<'a>,
}

#[derive(Serialize)]
struct Target<'a> {
    kind: &'a str,
    target: &'a str,
}

/// Runs the probe to its end.
pub(super) fn run(unit: &Unit<'_>, options: &Options, suspects: Option<&Suspects>, stop: &CancelToken) -> Result<Run> {
    let command = unit.command;
    let folder = tempfile::Builder::new().prefix("monowheel-leaks-").tempdir()?;
    let package = folder.path().join("monowheel_probe");
    fs_err::create_dir(&package)?;
    for (name, text) in PROBE {
        fs_err::write(package.join(name), text)?;
    }
    let (plan, out) = (folder.path().join("plan.json"), folder.path().join("out"));
    fs_err::create_dir(&out)?;
    let record = out.join("record.jsonl");
    let (kind, target) = match &command.work {
        Work::Statements(code) => ("statements", code.as_str()),
        Work::Module(name) => ("module", name.as_str()),
        Work::Script(path) => ("script", path.as_str()),
        Work::Nothing => ("nothing", ""),
    };
    let text = serde_json::to_string(&Plan {
        record: &record,
        allocations: &out.join("allocations.bin"),
        warm_up: options.warm_up,
        rounds: options.rounds,
        calls: options.calls.unwrap_or_default(),
        seconds: SECONDS,
        memray: options.memray,
        suspects,
        setup: options.setup.as_deref().unwrap_or_default(),
        call: options.call.as_deref().unwrap_or_default(),
        argv: &command.argv,
        work: Target { kind, target },
    });
    fs_err::write(&plan, text.map_err(|error| Error::new(ErrorKind::Io, error.to_string()))?)?;
    let call = Call::new(&command.python).args(&command.options).arg(package.join("__main__.py")).arg(&plan);
    let tunables = std::env::var("GLIBC_TUNABLES").ok().filter(|set| !set.is_empty());
    let tunables = tunables.map_or_else(|| TUNABLE.to_owned(), |set| format!("{set}:{TUNABLE}"));
    let call = (unit.launch)(call.env("GLIBC_TUNABLES", tunables), &[folder.path()], &[&out])?;
    let ended = call.capture(options.limit, stop).map_err(|error| {
        let next = "call the unit less often (--calls), measure fewer rounds (--rounds), or allow more (--time-limit)";
        if error.kind() == ErrorKind::Tool { Error::new(error.kind(), error.what()).next(next) } else { error }
    })?;
    let printed = last_lines(if ended.stderr.trim().is_empty() { &ended.stdout } else { &ended.stderr }, PRINTED);
    if !ended.status.success() {
        let what = format!("the command failed with {}\n{printed}", ended.status);
        return Err(Error::new(ErrorKind::Tool, what.trim_end())
            .at(command.python.display())
            .next("the command has to succeed each time that it runs in one process; try it twice in one first"));
    }
    read(&record)?.ok_or_else(|| {
        Error::new(
            ErrorKind::Tool,
            format!("the command ended the process before it was measured\n{printed}").trim_end(),
        )
        .at(command.python.display())
        .next("leave out os._exit, os.exec and the like: the process has to remain for the next call")
    })
}

/// The record, if it is complete.
fn read(record: &Path) -> Result<Option<Run>> {
    let text = foreign_file::read(record, MOST).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let (mut start, mut rounds) = (None, Vec::new());
    let (mut stacks, mut autopsy, mut is_complete) = (Stacks::default(), Autopsy::default(), false);
    for line in text.lines() {
        let line = serde_json::from_str(line)
            .map_err(|error| Error::new(ErrorKind::Format, format!("could not parse the measurement: {error}")))?;
        match line {
            Line::Start(told) => start = Some(told),
            Line::Round(round) => rounds.push(round),
            Line::Stacks(told) => stacks = told,
            Line::Autopsy(told) => autopsy = told,
            Line::End {} => is_complete = true,
        }
    }
    Ok(start.filter(|_| is_complete).map(|start| Run { start, rounds, stacks, autopsy }))
}
