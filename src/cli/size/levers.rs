//! `monowheel size --try`: what settings of the Cargo profile would save.

use std::path::PathBuf;

use monowheel_audit::report::document;
use monowheel_build::input::Input;
use monowheel_build::isolated::isolator;
use monowheel_build::levers::{Report, Request, Sizes, measure};
use monowheel_build::plan::Selection;
use monowheel_build::prepare::prepare;
use monowheel_build::toolchain::Machine;
use monowheel_error::terminal::{TerminalText, lines};
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_system::exec::CancelToken;
use monowheel_system::own_files;

use crate::cli::args::Global;
use crate::cli::building::progress::Progress;
use crate::cli::prose::{faint, labelled};
use crate::cli::screen::{BAD, GOOD, Screen, WARN};
use crate::cli::size::args::{SizeArgs, SizeFormat};
use crate::cli::table::Table;
use crate::cli::{format, work_dir};

pub(super) fn run(
    args: &SizeArgs,
    global: &Global,
    python: PathBuf,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let format = format::chosen(args.format, global.json, SizeFormat::Json, SizeFormat::Text)?;
    if format == SizeFormat::Html {
        return Err(Error::new(ErrorKind::Usage, "--try has no HTML report").next("use --format text or json"));
    }
    let input = Input::parse(args.project())?;
    let isolator = isolator(&input, args.isolation.or_default(), stop)?;
    let machine = Machine::probe(Some(python.clone()), stop)?;
    let index = args.index.options(stop);
    let selection = Selection::for_trial(None);
    let progress = Progress::new(screen, global.verbose);
    let prepared = prepare(&input, &selection, &machine, &index, false, stop, &progress)?;
    let job = prepared.plan.trial_job()?.clone();
    let (project, profile) = (prepared.source().to_owned(), prepared.profile().to_owned());
    // It holds the lock on a directory that the builds use.
    drop(prepared);
    let kept = work_dir::folder(None, "monowheel-try-")?;
    let request = Request { project, profile, python, folder: kept.path.clone(), isolator };
    let report = measure(&request, &job, stop, &mut |line| screen.note(lines(line)))?;
    show(&report, format, args, screen)?;
    Ok(ExitCode::Clean)
}

fn show(report: &Report, format: SizeFormat, args: &SizeArgs, screen: &mut Screen) -> Result<()> {
    let is_json = format == SizeFormat::Json;
    let Some(output) = &args.output else {
        if is_json {
            return screen.json(report);
        }
        screen.print(render(report, screen.width()));
        return Ok(());
    };
    let written = if is_json { document(report) } else { render(report, None).plain().into_owned() };
    own_files::write(output, "size", &written)?;
    screen.note(verdict(report, screen.width()) + text!("the report is in {}", output.display()));
    Ok(())
}

/// A row for each setting, then the one that saves most.
fn render(report: &Report, width: Option<usize>) -> TerminalText {
    let mut rows =
        Table::new(&["setting", "binaries", "", "wheel", "", "seconds"]).right(1..6).wrap(0, 24).optional(&[5, 1]);
    let mut row = |setting: &str, sizes: Sizes| {
        let now = report.now;
        rows.row([
            &setting,
            &text::bytes(sizes.binaries),
            &change(sizes.binaries, now.binaries),
            &text::bytes(sizes.wheel),
            &change(sizes.wheel, now.wheel),
            &format!("{:.1}", sizes.seconds),
        ]);
    };
    row("now", report.now);
    for tried in &report.tries {
        if let Some(sizes) = tried.sizes {
            row(&tried.setting, sizes);
        }
    }
    let mut shown = text!("{}\n\n", report.wheel) + rows.text(width);
    for tried in &report.tries {
        if let Some(why) = &tried.why {
            shown += labelled(&text!("{} {}:", WARN.paint("not built with"), tried.setting), why, width);
        }
    }
    shown += text!("\n") + faint(&text!("build scripts ran {}", report.isolation.line()), width);
    shown + verdict(report, width)
}

fn verdict(report: &Report, width: Option<usize>) -> TerminalText {
    let Some((tried, sizes)) = report.smallest() else {
        if report.tries.iter().all(|tried| tried.sizes.is_none()) {
            return text!("{}\n", BAD.paint("the wheel could be built with none of them"));
        }
        return text!("{}\n", GOOD.paint("none of them makes the wheel smaller"));
    };
    let saved = format!("{} ({})", tried.setting, change(sizes.wheel, report.now.wheel));
    let next =
        format!("write it into [profile.{}] of Cargo.toml, and measure the speed before and after", report.profile);
    labelled(&GOOD.paint(text!("smallest:")), &saved, width) + text!("  next: {}\n", lines(&next))
}

/// `-12.3 %`; empty for no difference.
fn change(new: u64, old: u64) -> String {
    if new == old || old == 0 {
        return String::new();
    }
    #[allow(clippy::cast_precision_loss, reason = "a percentage with one digit")]
    let percent = (new as f64 / old as f64 - 1.0) * 100.0;
    format!("{percent:+.1} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_has_a_sign() {
        assert_eq!([change(90, 100), change(101, 100), change(5, 5), change(5, 0)], ["-10.0 %", "+1.0 %", "", ""]);
    }
}
