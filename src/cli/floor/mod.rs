//! `monowheel floor`.

pub(super) mod args;
mod price;

use std::path::PathBuf;

use monowheel_build::driver::{self, Request};
use monowheel_build::floor::{Blocker, Report, Served, shares};
use monowheel_build::input::Input;
use monowheel_build::isolated::isolator;
use monowheel_build::plan::Selection;
use monowheel_build::prepare::prepare;
use monowheel_build::toolchain::Machine;
use monowheel_error::terminal::{TerminalText, lines};
use monowheel_error::{ExitCode, Result, text};
use monowheel_system::exec::CancelToken;
use monowheel_test::price::Price;
use serde::Serialize;

use crate::cli::args::Global;
use crate::cli::building::progress::Progress;
use crate::cli::floor::args::FloorArgs;
use crate::cli::prose::{faint, labelled};
use crate::cli::screen::{BAD, GOOD, Screen, WARN};
use crate::cli::table::Table;
use crate::cli::work_dir;

/// Blockers that are shown without `--verbose`.
const FEW: usize = 10;

/// The JSON document.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    report: &'a Report,
    /// What the floors cost in speed, for each interpreter; empty without `--price`.
    prices: &'a [Price],
}

pub(super) fn run(
    args: &FloorArgs,
    global: &Global,
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let input = Input::parse(&args.project)?;
    let isolator = isolator(&input, args.isolation.or_default(), stop)?;
    let machine = Machine::probe(python.clone(), stop)?;
    let own = python.filter(|_| args.price.price);
    let pythons = own.as_deref().map(|own| price::pythons(&args.price, own, stop)).transpose()?;
    let selection = Selection::for_trial(args.toolchain.named());
    let progress = Progress::new(screen, global.verbose);
    let index = args.index.options(stop);
    let prepared = prepare(&input, &selection, &machine, &index, false, stop, &progress)?;
    // Only the sdist's: nothing of it is the result.
    let out = work_dir::folder(None, "monowheel-floor-")?;
    let project = matches!(input, Input::Folder(_)).then(|| prepared.source().to_owned());
    let copy = out.path.join("source");
    let request = Request::new(out.path.clone(), isolator);
    let copy_to = own.as_ref().map(|_| copy.as_path());
    let report = driver::floors(prepared, &request, args.all, copy_to, stop, &progress)?;
    let prices = match (own, pythons) {
        (Some(python), Some(pythons)) if report.advice.floor.is_some() => {
            let folder = work_dir::folder(None, "monowheel-price-")?;
            let isolator = &request.isolator;
            let place = price::Place { copy: &copy, project, folder: &folder.path, python: &python, isolator };
            price::measured(args, &report, &pythons, &place, stop, screen)?
        }
        _ => Vec::new(),
    };
    if global.json {
        screen.json(&Document { report: &report, prices: &prices })?;
    } else {
        show(&report, global.verbose, screen);
        price::show(&prices, &report, screen);
    }
    Ok(if report.advice.floor.is_some() { ExitCode::Clean } else { ExitCode::Findings })
}

/// The floors, what blocks the others, and the advice.
fn show(report: &Report, verbose: bool, screen: &mut Screen) {
    let project = &report.project;
    let current = report.current.as_ref().map_or_else(|| "no abi3".to_owned(), |floor| format!("abi3 from {floor} on"));
    screen.print(text!("{} {} ({}), now {}\n\n", project.name, project.version, project.bindings, current));
    let mut rows =
        Table::new(&["floor", "compiles", "supports", "downloads", "wheels per platform"]).right(3..5).optional(&[3]);
    for row in &report.floors {
        let compiles = match (row.compiles, row.checked) {
            (true, true) => "yes",
            (true, false) => "yes, as a lower one does",
            (false, true) => "no",
            (false, false) => "no, as a higher one does not",
        };
        let wheels = if row.compiles { row.wheels.to_string() } else { String::new() };
        rows.row([&row.floor, &compiles, &range(&row.serves), &format!("{:.1} %", row.serves.percent), &wheels]);
    }
    rows.row([&"none", &"", &"", &"", &report.without_abi3]);
    screen.print(rows.text(screen.width()));
    screen.print(faint(&text!("downloads: {}", shares::SOURCE), screen.width()));
    show_blockers(report, verbose, screen);
    let advice = &report.advice;
    let (label, said) = match &advice.floor {
        Some(floor) => (GOOD.paint(text!("recommended: {}:", floor)), advice.why.as_str()),
        None => (BAD.paint(text!("no floor is possible:")), advice.why.as_str()),
    };
    screen.print(text!("\n") + faint(&text!("build scripts ran {}", report.isolation.line()), screen.width()));
    screen.print(text!("\n") + labelled(&label, said, screen.width()));
    screen.print(text!("  next: {}\n", lines(&advice.next_step)));
}

fn show_blockers(report: &Report, verbose: bool, screen: &mut Screen) {
    let shown = if verbose { report.blockers.len() } else { FEW };
    if !report.blockers.is_empty() {
        screen.print(text!("\n"));
    }
    for blocker in report.blockers.iter().take(shown) {
        let label = blocker.needs.as_ref().map_or_else(|| text!("no floor has it:"), |needs| text!("needs {}:", needs));
        screen.print(labelled(&WARN.paint(label), &described(blocker), screen.width()));
    }
    if let Some(more @ 1..) = report.blockers.len().checked_sub(shown) {
        screen.print(text!("and {} more (--verbose shows them)\n", more));
    }
}

/// The message with its place.
fn described(blocker: &Blocker) -> String {
    let error = &blocker.error;
    let code = error.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
    let more = match blocker.places {
        0 | 1 => String::new(),
        places => format!(", in {places} places"),
    };
    match error.file.as_str() {
        "" => error.message.clone(),
        file => format!("{}{code}\n{}: {file}:{}{more}", error.message, error.krate, error.line),
    }
}

/// `3.8 to 3.15`, or the versions themselves where there are few.
fn range(served: &Served) -> TerminalText {
    match served.pythons.as_slice() {
        [first, .., last] if served.pythons.len() > 2 => text!("{} to {}", first, last),
        few => text!("{}", few.join(", ")),
    }
}
