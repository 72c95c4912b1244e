//! `monowheel api stubs`.

use std::io::ErrorKind as Io;
use std::path::{Path, PathBuf};

use monowheel_api::read::python::{self, PythonFile};
use monowheel_api::read::source::{self, Project};
use monowheel_api::stubs::{self, Contradiction, Stub};
use monowheel_api::surface::{Note, Surface};
use monowheel_error::terminal::lines;
use monowheel_error::text::count;
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_project::tables::api::Stubs;
use monowheel_system::exec::CancelToken;
use monowheel_system::regular_file;
use monowheel_system::text_changes::{self, Change};
use serde::Serialize;

use crate::cli::api::args::StubsArgs;
use crate::cli::args::Global;
use crate::cli::command::known;
use crate::cli::prose::labelled;
use crate::cli::screen::{BAD, GOOD, Screen, WARN};

const SCHEMA: &str = "monowheel.api-stubs/1";

/// What is with a stub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// It was written.
    Written,
    /// It is as it would be written.
    Current,
    /// It does not exist.
    Missing,
    /// It would change.
    Stale,
    /// People wrote it; it was compared with the source.
    ByHand,
}

#[derive(Serialize)]
struct File {
    path: String,
    module: String,
    state: State,
    /// What would change.
    #[serde(skip_serializing_if = "String::is_empty")]
    diff: String,
}

impl File {
    const fn is_wrong(&self) -> bool {
        matches!(self.state, State::Missing | State::Stale)
    }
}

#[derive(Serialize)]
struct Report {
    schema: &'static str,
    monowheel: &'static str,
    module: String,
    names: usize,
    lines: usize,
    files: Vec<File>,
    /// Whether the package has `py.typed`; without it, type checkers ignore the stubs of an installed package.
    is_typed: bool,
    /// What the source does not show.
    notes: Vec<Note>,
    contradictions: Vec<Contradiction>,
}

impl Report {
    fn exit_code(&self) -> ExitCode {
        match self.contradictions.is_empty() && !self.files.iter().any(File::is_wrong) {
            true => ExitCode::Clean,
            false => ExitCode::Findings,
        }
    }
}

pub(super) fn run(
    args: &StubsArgs,
    global: &Global,
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let report = report(args, python, stop)?;
    if global.json {
        screen.json(&report)?;
    } else {
        show(&report, screen);
    }
    Ok(report.exit_code())
}

/// What a build does with the stubs of its project first.
///
/// # Errors
/// [`ErrorKind::Project`] for stubs that `--check` reports.
pub(in crate::cli) fn before_build(
    project: &Path,
    stubs: Stubs,
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &Screen,
) -> Result<()> {
    let args = StubsArgs { project: project.to_owned(), output: None, check: stubs == Stubs::Check, run: None };
    let report = report(&args, python, stop)?;
    for file in report.files.iter().filter(|file| file.state == State::Written) {
        screen.note(text!("{} {}", GOOD.paint("written:"), file.path));
    }
    if report.exit_code() == ExitCode::Clean {
        return Ok(());
    }
    let wrong = report.files.iter().filter(|file| file.is_wrong()).map(|file| file.path.as_str());
    let found = wrong.chain(report.contradictions.iter().map(|one| one.name.as_str())).collect::<Vec<_>>();
    Err(Error::new(ErrorKind::Project, format!("type stubs do not match the source: {}", found.join(", ")))
        .at(project.display())
        .next("run `monowheel api stubs --check` to see what differs, and `monowheel api stubs` to write them"))
}

fn report(args: &StubsArgs, python: Option<PathBuf>, stop: &CancelToken) -> Result<Report> {
    let project = source::read(&args.project)?;
    stop.check()?;
    let folder = args.output.as_ref().unwrap_or(&project.folder);
    let stubs = stubs::stubs(&project.surface);
    let mut report = Report {
        schema: SCHEMA,
        monowheel: monowheel_error::VERSION,
        module: project.module.clone(),
        names: project.surface.names(),
        lines: project.lines,
        files: Vec::new(),
        is_typed: project.is_typed,
        notes: project.surface.notes.clone(),
        contradictions: Vec::new(),
    };
    if args.check {
        check(args, &project, &stubs, folder, python, stop, &mut report)?;
    } else {
        write(&stubs, folder, &mut report)?;
    }
    Ok(report)
}

/// The text of a stub, if there is one.
fn existing(path: &Path) -> Result<Option<String>> {
    match regular_file::read_text(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == Io::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn place(stub: &Stub, folder: &Path) -> Result<PathBuf> {
    if stubs::is_writable(&stub.path) {
        return Ok(folder.join(&stub.path));
    }
    Err(Error::new(ErrorKind::Usage, "the name of this module cannot be that of a file")
        .at(&stub.module)
        .next("rename the module in #[pymodule]"))
}

fn write(stubs: &[Stub], folder: &Path, report: &mut Report) -> Result<()> {
    let mut changes = Vec::new();
    for stub in stubs {
        let path = place(stub, folder)?;
        let before = existing(&path)?;
        if before.as_deref().is_some_and(|text| !stubs::is_generated(text)) {
            return Err(Error::new(ErrorKind::Usage, "this stub was written by hand; it is not replaced")
                .at(path.display())
                .next("run with --check to compare it, with -o DIR to write elsewhere, or move it away"));
        }
        let after = stubs::with_kept(stub, before.as_deref());
        let state = if before.as_deref() == Some(&after) { State::Current } else { State::Written };
        let (module, shown) = (stub.module.clone(), path.display().to_string());
        report.files.push(File { path: shown, module, state, diff: String::new() });
        if state == State::Written {
            changes.push(Change { path, before, after });
        }
    }
    text_changes::write_all(&changes)
}

fn check(
    args: &StubsArgs,
    project: &Project,
    stubs: &[Stub],
    folder: &Path,
    python: Option<PathBuf>,
    stop: &CancelToken,
    report: &mut Report,
) -> Result<()> {
    let mut by_hand = Vec::new();
    for stub in stubs {
        let path = place(stub, folder)?;
        let before = existing(&path)?;
        let after = stubs::with_kept(stub, before.as_deref());
        let shown = path.display().to_string();
        let (state, diff) = match &before {
            None => (State::Missing, String::new()),
            Some(text) if stubs::is_generated(text) && *text == after => (State::Current, String::new()),
            Some(text) if stubs::is_generated(text) => {
                let name = stub.path.display().to_string();
                (State::Stale, text_changes::diff(&name, Some(text), &after))
            }
            Some(text) => {
                let (name, path, text) = (stub.module.clone(), shown.clone(), text.clone());
                by_hand.push(PythonFile { name, path, text, is_native: true });
                (State::ByHand, String::new())
            }
        };
        report.files.push(File { path: shown, module: stub.module.clone(), state, diff });
    }
    if !by_hand.is_empty() {
        let read = python::files(&known(python)?, &by_hand, stop)?;
        // A stub that cannot be read was not checked.
        if let Some(note) = read.notes.first() {
            return Err(Error::new(ErrorKind::Format, format!("the stub cannot be read: {}", note.what))
                .at(&note.place)
                .next("correct the stub"));
        }
        report.contradictions.extend(stubs::contradictions(&project.surface, &read));
    }
    if let Some(interpreter) = &args.run {
        let running: Surface = python::running(interpreter, &project.module, &[], stop)?;
        report.contradictions.extend(stubs::disagreements(&project.surface, &running));
    }
    Ok(())
}

fn show(report: &Report, screen: &mut Screen) {
    let width = screen.width();
    for file in &report.files {
        let label = match file.state {
            State::Written => GOOD.paint("written:"),
            State::Current => GOOD.paint("current:"),
            State::ByHand => GOOD.paint("compared:"),
            State::Missing => BAD.paint("missing:"),
            State::Stale => BAD.paint("stale:"),
        };
        screen.print(text!("{} {}\n", label, file.path));
        if !file.diff.is_empty() {
            screen.print(text!("{}", lines(&file.diff)));
        }
    }
    for one in &report.contradictions {
        let label = BAD.paint(text!("{}:", one.name));
        let said = if one.place.is_empty() { one.what.clone() } else { format!("{} ({})", one.what, one.place) };
        screen.print(labelled(&label, &said, width));
    }
    for note in &report.notes {
        let label = WARN.paint(text!("not known: {}:", note.place));
        screen.print(labelled(&label, &note.what, width));
    }
    let found =
        format!("{} of {} in {} of Rust", count(report.names, "name"), report.module, count(report.lines, "line"));
    screen.note(text!("{}", found));
    if report.files.iter().any(File::is_wrong) {
        screen.note(text!("  next: {}", "run `monowheel api stubs` without --check"));
    }
    if !report.is_typed && report.module.contains('.') {
        let what = "the package has no py.typed: type checkers ignore its stubs when it is installed";
        screen.note(labelled(&WARN.paint("note:"), what, width));
        screen.note(text!("  next: {}", "create an empty file py.typed beside __init__.py"));
    }
}
