//! `monowheel symbols`.

pub(super) mod args;

use std::path::{Path, PathBuf};

use monowheel_build::symbols::folder::{self, SymbolFile};
use monowheel_build::symbols::symbolicate::{Resolved, Symbolicated, loaded, symbolicate};
use monowheel_build::symbols::{export, report};
use monowheel_build::verify;
use monowheel_error::terminal::{TerminalText, lines};
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_system::exec::CancelToken;
use monowheel_system::regular_file;
use serde::Serialize;

use crate::cli::args::Global;
use crate::cli::command::known;
use crate::cli::prose::labelled;
use crate::cli::screen::{BAD, FAINT, GOOD, Screen, WARN};
use crate::cli::stdin;
use crate::cli::symbols::args::{Action, ExportArgs, RebuildArgs, SymbolicateArgs, SymbolsArgs};
use crate::cli::table::Table;

/// The version of the list.
const LIST_SCHEMA: &str = "monowheel.symbols/1";
/// The largest report.
const MOST: u64 = 256 << 20;

pub(super) fn run(
    args: &SymbolsArgs,
    global: &Global,
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    match &args.action {
        Action::Symbolicate(args) => symbolicated(args, global, stop, screen),
        Action::Rebuild(args) => rebuilt(args, global, known(python)?, stop, screen),
        Action::List(args) => list(&args.folder, global, screen),
        Action::Export(args) => exported(args, screen),
    }
}

fn symbolicated(args: &SymbolicateArgs, global: &Global, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let text = read(&args.report, stop)?;
    let (folder, wheel) = (args.folder.folder.as_path(), args.wheel.as_deref());
    let bases = if args.bases.is_empty() { Vec::new() } else { loaded(&args.bases, &folder::files(folder)?, wheel)? };
    let report = report::read(&text, &bases);
    let place = args.report.display();
    if report.frames.is_empty() {
        let error = Error::new(ErrorKind::Usage, "no frame that names a library was found").at(place);
        return Err(error.next(if report.unplaced == 0 {
            "give a report in one of the forms in `monowheel symbols symbolicate --help`"
        } else {
            "the report has addresses only: add the lines of /proc/PID/maps, or the mmap events of perf, or \
             say where the library was with `--base LIB=ADDRESS`"
        }));
    }
    let result = symbolicate(report, &folder::files(folder)?, wheel)?;
    if global.json {
        screen.json(&result)?;
    } else {
        show(&result, &text, screen);
    }
    Ok(if result.failed() == 0 && result.resolved() > 0 { ExitCode::Clean } else { ExitCode::Findings })
}

/// A report: a file, or standard input.
fn read(path: &Path, stop: &CancelToken) -> Result<String> {
    let bytes = if path == Path::new("-") {
        stdin::read_all(MOST, stop)?
    } else {
        regular_file::read(path, MOST).map_err(|error| {
            Error::new(ErrorKind::Usage, format!("the report cannot be read: {error}"))
                .at(path.display())
                .next("give a file, or `-` for standard input")
        })?
    };
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The report, each frame followed by what it stands for.
fn show(result: &Symbolicated, text: &str, screen: &mut Screen) {
    let mut out = TerminalText::new();
    let mut frames = result.frames.iter().peekable();
    // Frames of a report without lines, such as a JSON document.
    while let Some(frame) = frames.next_if(|frame| frame.frame.line == 0) {
        out += text!("{}\n", frame.frame.text) + described(frame);
    }
    let has_lines = frames.peek().is_some();
    for (index, line) in text.lines().enumerate().filter(|_| has_lines) {
        out += text!("{}\n", line);
        while let Some(frame) = frames.next_if(|frame| frame.frame.line == index + 1) {
            out += described(frame);
        }
    }
    screen.print(out);
    let (resolved, total) = (result.resolved(), result.frames.len());
    screen.note(text!("{} of {} frames have functions of these wheels", resolved, total));
    if result.unplaced > 0 {
        screen.note(text!("{} addresses are in no library that the report names", result.unplaced));
    }
    if result.is_cut {
        screen.note(text!("the report has more frames than are read"));
    }
}

fn described(frame: &Resolved) -> TerminalText {
    let mut out = TerminalText::new();
    for place in &frame.places {
        let at = match (&place.file, place.line) {
            (Some(file), Some(line)) => text!(" at {}:{}", file, line),
            (Some(file), None) => text!(" at {}", file),
            (None, _) => text!(""),
        };
        let inlined = if place.inlined { " (inlined)" } else { "" };
        out += text!("    {}{}{}\n", GOOD.paint(text!("{}", place.function)), FAINT.paint(at), inlined);
    }
    if let Some(why) = &frame.why {
        out += text!("    {}\n", WARN.paint(text!("{}", why)));
    }
    out
}

fn rebuilt(
    args: &RebuildArgs,
    global: &Global,
    python: PathBuf,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let report = super::verify::rebuilt(&args.verify, Some(&args.out), python, stop, screen)?;
    if global.json {
        screen.json(&report)?;
    }
    let mut is_complete = true;
    for wheel in &report.wheels {
        is_complete &= !wheel.symbols.is_empty();
        if global.json {
            continue;
        }
        for file in &wheel.symbols {
            screen.print(text!("{}\n", args.out.join(file).display()));
        }
        if wheel.symbols.is_empty() {
            let why = without(wheel);
            let label = BAD.paint(text!("no line tables for {}:", wheel.file));
            screen.print(labelled(&label, &why, screen.width()));
        }
    }
    Ok(if is_complete { ExitCode::Clean } else { ExitCode::Findings })
}

/// Why there are no line tables of a wheel.
fn without(wheel: &verify::Verified) -> String {
    match &wheel.outcome {
        verify::Outcome::Unverified { why } => why.clone(),
        verify::Outcome::Identical | verify::Outcome::IdenticalButFor { .. } => {
            "its libraries have no ID: they were built before monowheel wrote one, or not linked by zig".to_owned()
        }
        verify::Outcome::Different { .. } => {
            "the rebuild has other code; `monowheel verify` shows the differences".to_owned()
        }
    }
}

/// The files, for programs.
#[derive(Serialize)]
struct List<'a> {
    schema: &'static str,
    files: Vec<Listed<'a>>,
}

#[derive(Serialize)]
struct Listed<'a> {
    file: String,
    wheel: &'a str,
    module: &'a str,
    id: &'a str,
    size: u64,
}

fn list(folder: &Path, global: &Global, screen: &mut Screen) -> Result<ExitCode> {
    let files = folder::files(folder)?;
    let listed = |file: &SymbolFile| -> Result<u64> { Ok(fs_err::metadata(&file.path)?.len()) };
    let sizes: Vec<u64> = files.iter().map(listed).collect::<Result<_>>()?;
    if global.json {
        let files = files.iter().zip(&sizes).map(|(file, size)| Listed {
            file: file.path.display().to_string(),
            wheel: &file.wheel,
            module: &file.module,
            id: &file.id,
            size: *size,
        });
        screen.json(&List { schema: LIST_SCHEMA, files: files.collect() })?;
        return Ok(ExitCode::Clean);
    }
    let mut rows = Table::new(&["wheel", "module", "ID", "size"]).right(3..4).optional(&[0]);
    for (file, size) in files.iter().zip(sizes) {
        rows.row([&file.wheel, &file.module, &file.id, &monowheel_error::text::bytes(size)]);
    }
    screen.print(rows.text(screen.width()));
    Ok(ExitCode::Clean)
}

fn exported(args: &ExportArgs, screen: &mut Screen) -> Result<ExitCode> {
    let count = export::debuginfod(&folder::files(&args.folder.folder)?, &args.output)?;
    let place = args.output.display().to_string();
    screen.print(text!("{} files in {}\n", count, place));
    screen.print(text!(
        "  next: {}\n",
        lines("serve that directory over HTTP, and set DEBUGINFOD_URLS to its address for gdb or lldb")
    ));
    Ok(ExitCode::Clean)
}
