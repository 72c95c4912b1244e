//! `monowheel compare`.

pub(super) mod args;
pub mod report;

use std::path::Path;
use std::time::Duration;

use monowheel_audit::report::{Text, document};
use monowheel_build::compare::{self, Pair, Report};
use monowheel_error::terminal::TerminalText;
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_system::exec::{Call, CancelToken, on_path};
use monowheel_system::own_files;

use crate::cli::args::Global;
use crate::cli::compare::args::{CompareArgs, CompareFormat};
use crate::cli::compare::report::{render, verdict};
use crate::cli::format;
use crate::cli::screen::{BAD, GOOD, Screen, WARN};

/// diffoscope takes minutes for a large library; an hour is enough for any wheel.
const LONG: Duration = Duration::from_secs(3600);

pub(super) fn run(args: &CompareArgs, global: &Global, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let format = format::chosen(args.format, global.json, CompareFormat::Json, CompareFormat::Text)?;
    if args.long && format == CompareFormat::Json && args.output.is_none() {
        return Err(Error::new(ErrorKind::Usage, "--long and JSON cannot both be written to stdout")
            .next("write the JSON to a file: --output FILE"));
    }
    let report = match (is_folder(&args.a)?, is_folder(&args.b)?) {
        (false, false) => compare::files(&args.a, &args.b, stop)?,
        (true, true) => compare::folders(&args.a, &args.b, stop)?,
        (a_is_folder, _) => {
            let (folder, file) = if a_is_folder { (&args.a, &args.b) } else { (&args.b, &args.a) };
            let name = file.file_name().unwrap_or_default();
            return Err(Error::new(ErrorKind::Usage, "cannot compare a directory with a file")
                .at(format!("{} and {}", args.a.display(), args.b.display()))
                .next(format!("name the file in that directory: {}", folder.join(name).display())));
        }
    };
    tell(&report, format, args, global, screen)?;
    if args.long {
        long(&report, stop, screen)?;
    }
    Ok(report.exit_code())
}

fn is_folder(path: &Path) -> Result<bool> {
    if path.exists() {
        return Ok(path.is_dir());
    }
    Err(Error::new(ErrorKind::Usage, "no such file or directory")
        .at(path.display())
        .next("name two wheels, two sdists (.tar.gz), or two directories of them"))
}

fn tell(
    report: &Report,
    format: CompareFormat,
    args: &CompareArgs,
    global: &Global,
    screen: &mut Screen,
) -> Result<()> {
    let how = Text { colours: args.output.is_none(), details: global.verbose, ..Text::default() };
    let Some(output) = &args.output else {
        match format {
            CompareFormat::Text => screen.print(render(report, how)),
            CompareFormat::Json => screen.json(report)?,
        }
        return Ok(());
    };
    let written = match format {
        CompareFormat::Text => render(report, how).into_string(),
        CompareFormat::Json => document(report),
    };
    own_files::write(output, "compare", &written)?;
    let style = if report.identical { GOOD } else { BAD };
    screen.note(text!("{}; the report is in {}", style.paint(verdict(report)), output.display()));
    Ok(())
}

/// Prints diffoscope's output for every pair that differs.
fn long(report: &Report, stop: &CancelToken, screen: &mut Screen) -> Result<()> {
    let differing: Vec<&Pair> = report.pairs.iter().filter(|pair| !pair.comparison.is_identical()).collect();
    if differing.is_empty() {
        return Ok(());
    }
    let Some(diffoscope) = on_path("diffoscope") else {
        screen.note(text!(
            "{}: diffoscope is not installed\n  next: pipx install diffoscope, or on Debian and \
             Ubuntu: apt-get install diffoscope-minimal",
            WARN.paint("no detailed comparison")
        ));
        return Ok(());
    };
    for pair in differing {
        let call = Call::new(&diffoscope).args(["--text", "-", "--"]).args([&pair.a, &pair.b]);
        let status = call.logged_within(Some(LONG), &mut std::io::sink(), stop, &mut |line| {
            // Names in it are untrusted; its own tabs may stay.
            let parts = line.split('\t').map(|part| text!("{}", part));
            screen.print(TerminalText::joined(parts, "\t").line());
        })?;
        // It ends with 1 where it found differences.
        if !matches!(status.code(), Some(0 | 1)) {
            return Err(Error::new(ErrorKind::Tool, format!("diffoscope failed: {status}"))
                .at(format!("{} and {}", pair.a, pair.b))
                .next("see its output for the reason, or leave out --long"));
        }
    }
    Ok(())
}
