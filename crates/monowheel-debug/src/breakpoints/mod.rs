//! `monowheel debug break`: breakpoints in both languages, in gdb or lldb.
//!
//! ```text
//! place       where to stop, as a user names it
//! debugger    gdb or lldb, which runs a script of monowheel_break
//!   └ hook.py          runs the program: breakpoints in Python are traps, faulthandler writes Python stacks
//!   └ in_gdb, in_lldb  set breakpoints in native code, write down each stop, continue
//! record      what they wrote
//! vscode      the same for an editor
//! ```

mod debugger;
mod place;
mod record;
mod vscode;

use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, Captured, last_lines};
use monowheel_system::threads;
use serde::Serialize;

pub use debugger::Kind;
pub use place::Place;
pub use record::{Argument, Frame, Hit, Side, Signal};
pub use vscode::{Launch, launch};

use crate::command::{PythonCommand, Work};
use debugger::{Debugger, printers};
use record::Event;

/// The version of the JSON report.
pub const SCHEMA: &str = "monowheel.debug-break/1";
const TICK: Duration = Duration::from_millis(50);
/// Native frames that a record has.
const FRAMES: u32 = 64;
/// The end of what was printed, in an error.
const PRINTED: usize = 10;
/// The Python package of the scripts.
const SCRIPTS: [(&str, &str); 4] = [
    ("hook.py", include_str!("monowheel_break/hook.py")),
    ("record.py", include_str!("monowheel_break/record.py")),
    ("in_gdb.py", include_str!("monowheel_break/in_gdb.py")),
    ("in_lldb.py", include_str!("monowheel_break/in_lldb.py")),
];

/// How to run it.
#[derive(Clone, Debug)]
pub struct Options {
    /// The debugger; if absent, the first that is installed.
    pub debugger: Option<Kind>,
    /// Hits of each place that are written down.
    pub hits: u32,
    /// Whether to stop at each hit, for the user to type commands.
    pub is_interactive: bool,
    /// How long it may run.
    pub limit: Duration,
}

/// What happened.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Which debugger.
    pub debugger: Kind,
    /// Its version, as it prints it.
    pub version: String,
    /// The places, in the order of the command line.
    pub places: Vec<Reached>,
    /// The stops, in their order.
    pub hits: Vec<Hit>,
    /// A signal that ended the program.
    pub signal: Option<Signal>,
    /// The program's exit code; absent after a signal.
    pub code: Option<i64>,
    /// What the program printed to standard output, and the debugger.
    pub printed: String,
    /// What limits the result.
    pub notes: Vec<String>,
}

/// One place, and whether it was reached.
#[derive(Clone, Debug, Serialize)]
pub struct Reached {
    /// As the user named it.
    pub place: String,
    /// The functions that it names.
    pub functions: Vec<String>,
    /// How often it was hit, up to the limit.
    pub hits: usize,
    /// Whether it was hit more often.
    pub has_more: bool,
    /// What to check if it was never reached.
    pub advice: Option<String>,
}

/// The plan, as the scripts read it.
#[derive(Serialize)]
struct Plan<'a> {
    folder: &'a Path,
    places: &'a [Place],
    hits: u32,
    frames: u32,
    stop: bool,
    printers: Option<&'a Path>,
    /// Of the program, not of the debugger.
    pythonpath: Option<String>,
    path: String,
    argv: &'a [String],
    work: &'a Work,
}

/// Runs a command in a debugger; `told` is called with each hit.
///
/// # Errors
/// [`ErrorKind::Usage`] for a command that is not Python; [`ErrorKind::Toolchain`] without a debugger;
/// [`ErrorKind::Tool`] when it cannot run the program; after Ctrl-C.
pub fn run(
    words: &[String],
    places: &[Place],
    options: &Options,
    told: &mut dyn FnMut(&Place, &Hit),
    stop: &CancelToken,
) -> Result<Report> {
    if !cfg!(target_os = "linux") {
        return Err(Error::new(ErrorKind::Toolchain, "the scripts for the debuggers are for Linux")
            .next("let an editor start the debugger: monowheel debug break --vscode FUNCTION -- COMMAND"));
    }
    let command = PythonCommand::parse(words)?;
    if command.work == Work::Nothing {
        return Err(Error::new(ErrorKind::Usage, "the command runs nothing")
            .next("add -c STATEMENTS, -m MODULE or a script after --"));
    }
    command.interpreter(stop)?;
    let debugger = Debugger::find(options.debugger, stop)?;
    let folder = tempfile::Builder::new().prefix("monowheel-break-").tempdir()?;
    let scripts = folder.path().join("monowheel_break");
    fs_err::create_dir(&scripts)?;
    for (name, text) in SCRIPTS {
        fs_err::write(scripts.join(name), text)?;
    }
    let printers = printers(stop);
    let plan = Plan {
        folder: folder.path(),
        places,
        hits: options.hits,
        frames: FRAMES,
        stop: options.is_interactive,
        printers: printers.as_deref(),
        path: std::env::var("PATH").unwrap_or_default(),
        pythonpath: std::env::var("PYTHONPATH").ok(),
        argv: &command.argv,
        work: &command.work,
    };
    let file = folder.path().join("plan.json");
    fs_err::write(&file, serde_json::to_string(&plan).map_err(|error| Error::new(ErrorKind::Io, error.to_string()))?)?;
    let script = scripts.join(if debugger.kind == Kind::Gdb { "in_gdb.py" } else { "in_lldb.py" });
    let program = program(&command, &scripts.join("hook.py"), &file);
    let call = debugger.run(&script, &program, options.is_interactive).env("MONOWHEEL_BREAK_PLAN", &file);
    let mut seen = Seen { places, hits: options.hits as usize, told, events: Vec::new(), from: 0 };
    let record = folder.path().join("record.jsonl");
    let printed = if options.is_interactive {
        call.on_terminal()?;
        seen.look(&record, false)?;
        String::new()
    } else {
        let captured = follow(&call, options.limit, &mut || seen.look(&record, true), stop)?;
        check(&captured, &seen.events)?;
        captured.stdout
    };
    Ok(report(places, options, &debugger, seen.events, printed, printers.is_none()))
}

fn program(command: &PythonCommand, hook: &Path, plan: &Path) -> Vec<String> {
    let python = command.python.to_string_lossy().into_owned();
    let files = [hook, plan].map(|path| path.to_string_lossy().into_owned());
    std::iter::once(python).chain(command.options.iter().cloned()).chain(files).collect()
}

/// What was read of the record.
struct Seen<'a> {
    places: &'a [Place],
    hits: usize,
    told: &'a mut dyn FnMut(&Place, &Hit),
    events: Vec<Event>,
    from: usize,
}

impl Seen<'_> {
    fn look(&mut self, record: &Path, tells: bool) -> Result<()> {
        let (events, from) = record::read(record, self.from)?;
        self.from = from;
        for event in events {
            if let (Event::Hit(hit), true) = (&event, tells) {
                if let Some(place) = self.places.get(hit.place).filter(|_| self.hits > 0) {
                    (self.told)(place, hit);
                }
            }
            self.events.push(event);
        }
        Ok(())
    }
}

/// Runs the call to its end, and looks at the record from time to time.
fn follow(call: &Call, limit: Duration, look: &mut dyn FnMut() -> Result<()>, stop: &CancelToken) -> Result<Captured> {
    let (sender, ended) = sync_channel(1);
    let (call, token) = (call.clone(), stop.below());
    let cancel = token.clone();
    threads::spawn(move || sender.send(call.capture(limit, &token)))?;
    let captured = loop {
        if let Err(error) = look() {
            cancel.set();
            return Err(error);
        }
        match ended.recv_timeout(TICK) {
            Ok(captured) => break captured,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::new(ErrorKind::Io, "the debugger ended without a result"));
            }
        }
    };
    look()?;
    captured.map_err(|error| {
        let next = "allow more time: --time-limit SECONDS";
        if error.kind() == ErrorKind::Tool { Error::new(error.kind(), error.what()).next(next) } else { error }
    })
}

/// Whether the program ran: a debugger reports in words only that it did not.
fn check(captured: &Captured, events: &[Event]) -> Result<()> {
    let failure = events.iter().find_map(|event| match event {
        Event::Failed { text } => Some(text.as_str()),
        _ => None,
    });
    let has_run = events.iter().any(|event| matches!(event, Event::End { .. }));
    if has_run && failure.is_none() {
        return Ok(());
    }
    let printed = format!("{}\n{}", captured.stdout, captured.stderr);
    let said = failure.map_or_else(|| last_lines(&printed, PRINTED), ToOwned::to_owned);
    let is_permission =
        ["ptrace", "not permitted", "personality", "during startup program exited"].iter().any(|words| {
            said.to_lowercase().contains(words) || last_lines(&printed, PRINTED).to_lowercase().contains(words)
        });
    let error = Error::new(ErrorKind::Tool, format!("the debugger could not run the command\n{said}"));
    Err(if is_permission {
        error.next(
            "allow tracing: give the container the capability SYS_PTRACE, and no seccomp profile that forbids ptrace",
        )
    } else {
        error.next("try the other debugger: --debugger lldb, or gdb")
    })
}

fn report(
    places: &[Place],
    options: &Options,
    debugger: &Debugger,
    events: Vec<Event>,
    printed: String,
    no_printers: bool,
) -> Report {
    let mut report = Report {
        schema: SCHEMA,
        debugger: debugger.kind,
        version: debugger.version.clone(),
        places: Vec::new(),
        hits: Vec::new(),
        signal: None,
        code: None,
        printed,
        notes: Vec::new(),
    };
    if no_printers {
        report.notes.push("rustc is not on PATH: values of Rust are shown without its pretty printers".to_owned());
    }
    let mut functions: Vec<Vec<String>> = vec![Vec::new(); places.len()];
    for event in events {
        match event {
            Event::Resolved { place, at } => {
                if let Some(of) = functions.get_mut(place).filter(|of| !of.contains(&at)) {
                    of.push(at);
                }
            }
            Event::Hit(hit) => report.hits.push(hit),
            Event::Signal(signal) => report.signal = Some(signal),
            Event::End { code } => report.code = code.filter(|_| report.signal.is_none()),
            Event::Note { text } if !report.notes.contains(&text) => report.notes.push(text),
            Event::Note { .. } | Event::Failed { .. } => {}
        }
    }
    for ((at, place), functions) in places.iter().enumerate().zip(functions) {
        let hits = report.hits.iter().filter(|hit| hit.place == at).count();
        let advice = (hits == 0).then(|| place.advice(!functions.is_empty()).to_owned());
        let has_more = hits >= options.hits as usize;
        report.places.push(Reached { place: place.label(), functions, hits, has_more, advice });
    }
    report
}
