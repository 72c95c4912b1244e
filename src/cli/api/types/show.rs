//! The report for people.

use std::collections::BTreeSet;

use monowheel_api::boundary::{
    Calls, Cost, Ranked, Ranking, Spread, TypeRow, Value, arguments, nanoseconds, results, summary,
};
use monowheel_api::read::source::Way;
use monowheel_build::boundary;
use monowheel_error::text::count;
use monowheel_error::{terminal::TerminalText, text};

use super::{Report, values};
use crate::cli::api::args::TypesArgs;
use crate::cli::prose::{faint, labelled};
use crate::cli::screen::{GOOD, Screen, WARN};
use crate::cli::table::Table;

/// Places that are shown of a conversion.
const FEW: usize = 3;

pub(super) fn show(report: &Report, args: &TypesArgs, verbose: bool, screen: &mut Screen) {
    let width = screen.width();
    screen.print(text!("{}\n", with(report)));
    let values = values(report);
    if let Some(project) = &report.project {
        ranking(&project.module, &project.ranking, report.rounds > 0, screen);
    }
    // For a project, the tables of all types are a reference.
    if report.project.is_none() || report.rounds == 0 || verbose || !args.types.is_empty() {
        screen.print(text!("\n") + conversions(&report.calls, &values, width));
        if report.rounds > 0 {
            screen.print(text!("\n") + costs(&report.calls, width));
        }
        if !args.types.is_empty() {
            report.calls.types.iter().for_each(|row| answers(row, &values, screen));
        }
    }
    for missing in &report.missing {
        let needs = missing.needs_floor.as_ref().map(|floor| format!(" (from floor {floor} on)")).unwrap_or_default();
        screen.print(labelled(
            &WARN.paint(text!("not here: {} ({}):", missing.ty, missing.way.word())),
            &(missing.why.clone() + &needs),
            width,
        ));
    }
    screen.print(text!("\n") + faint(&text!("{}", how(report)), width));
    screen.print(faint(&text!("it ran {}", report.isolation.line()), width));
}

/// The tables in Markdown, with what they are of.
pub(super) fn markdown(report: &Report) -> String {
    let Report { calls, missing, date, .. } = report;
    let arguments = arguments(calls, &values(report));
    let mut text = format!("## Arguments\n\n{arguments}\n## Results\n\n{}\n", results(calls));
    let names: Vec<String> = missing.iter().map(|one| format!("`{}` ({})", one.ty, one.way.word())).collect();
    if !names.is_empty() {
        text += &format!("Not with this PyO3 and floor: {}.\n\n", names.join(", "));
    }
    text + &format!("{}, {date}: {}.\n", with(report), how(report))
}

/// What was measured.
fn with(report: &Report) -> String {
    let abi = report.floor.as_ref().map_or_else(|| "without abi3".to_owned(), |floor| format!("abi3 from {floor} on"));
    format!("PyO3 {} ({abi}), {}, rustc {}", report.pyo3, report.python, report.rustc)
}

/// How it was measured, and how far it can be trusted.
fn how(report: &Report) -> String {
    let (Some(empty), Some(noise)) = (report.calls.empty, report.calls.noise) else {
        return "no time was measured".to_owned();
    };
    let clock = if report.calls.is_cpu_time { "processor time" } else { "time" };
    let noisy = match noisy(&report.calls) {
        0 => String::new(),
        noisy => format!("; the quartiles of {} differ by more than half of the median", count(noisy, "cost")),
    };
    format!(
        "medians of {} rounds, in {clock}, beyond an empty call of {}; two empty calls differ by {} (quartiles {} to {}){noisy}",
        report.rounds,
        nanoseconds(empty),
        signed(noise.median),
        signed(noise.low),
        signed(noise.high),
    )
}

fn signed(value: f64) -> String {
    format!("{value:.1} ns")
}

/// The number of costs whose quartiles differ by more than half of the median, and by more than the call itself.
fn noisy(calls: &Calls) -> usize {
    let empty = calls.empty.unwrap_or_default();
    let is_noisy = |one: &Spread| one.high - one.low > (one.median.abs() / 2.0).max(empty);
    let all = calls.types.iter().flat_map(|row| [&row.argument, &row.result]).flatten();
    all.filter(|cost| cost.at.iter().any(is_noisy)).count()
}

fn conversions(calls: &Calls, values: &[Value<'_>], width: Option<usize>) -> TerminalText {
    let mut rows = Table::new(&["type", "accepts", "raises, besides TypeError"]).wrap(1, 30).wrap(2, 30);
    for row in calls.types.iter().filter(|row| !row.answers.is_empty()) {
        let found = summary(row, values);
        rows.row([&row.ty, &found.accepted(), &found.raised(&str::to_owned)]);
    }
    rows.text(width)
}

fn costs(calls: &Calls, width: Option<usize>) -> TerminalText {
    let mut rows = Table::new(&["type", "as an argument", "as a result", "is", "in Python"]).wrap(4, 20).optional(&[4]);
    let words = |cost: &Option<Cost>| cost.as_ref().map(Cost::words).unwrap_or_default();
    for row in &calls.types {
        let control = row.control_is.as_ref().map(|expression| format!("{expression}: {}", words(&row.control)));
        rows.row([
            &row.ty,
            &words(&row.argument),
            &words(&row.result),
            &row.returns.as_deref().unwrap_or_default(),
            &control.unwrap_or_default(),
        ]);
    }
    rows.text(width)
}

/// Every answer of one type.
fn answers(row: &TypeRow, values: &[Value<'_>], screen: &mut Screen) {
    if row.answers.is_empty() {
        return;
    }
    let mut rows = Table::new(&["value", "arrives as, or raises"]).wrap(1, 30);
    for (value, answer) in values.iter().zip(&row.answers) {
        rows.row([&value.expression, &answer.words()]);
    }
    screen.print(text!("\n{}\n", row.ty) + rows.text(screen.width()));
}

fn ranking(module: &str, ranking: &Ranking, has_costs: bool, screen: &mut Screen) {
    let width = screen.width();
    if has_costs {
        let size = ranking.size;
        screen.print(text!("\nConversions of {}, the dearest first, for {} elements:\n\n", module, size));
        let mut rows = Table::new(&["type", "", "time", "where"]).right(2..3).wrap(3, 24);
        for one in &ranking.ranked {
            let time = one.nanoseconds.map(nanoseconds).unwrap_or_default();
            let like = one.measured_as.as_ref().map(|other| format!(" (as {other})")).unwrap_or_default();
            rows.row([&(one.ty.clone() + &like), &way(one.way), &time, &places(one)]);
        }
        screen.print(rows.text(width));
    }
    for one in &ranking.ranked {
        for cheaper in &one.cheaper {
            let label = GOOD.paint(text!("{} {} → {}:", one.ty, way(one.way), cheaper.instead));
            let time = match cheaper.nanoseconds {
                Some(time) => {
                    format!("{} instead of {}", nanoseconds(time), nanoseconds(one.nanoseconds.unwrap_or_default()))
                }
                None => "not with this PyO3 and floor".to_owned(),
            };
            screen.print(labelled(&label, &format!("{time}; {} ({})", cheaper.but, cheaper.source), width));
        }
    }
    let of_unknown = |one: &Ranked| format!("{} ({}, {})", one.ty, way(one.way), places(one));
    let unknown: Vec<String> = ranking.unknown.iter().map(of_unknown).collect();
    if has_costs && !unknown.is_empty() {
        let label = WARN.paint(text!("not measured:"));
        screen.print(labelled(&label, &format!("{}: {}", count(unknown.len(), "type"), unknown.join(", ")), width));
        let of: BTreeSet<&str> = ranking.unknown.iter().filter_map(|one| boundary::crate_of(&one.ty)).collect();
        if !of.is_empty() {
            let words: Vec<String> = of.into_iter().map(|name| format!("--with {name}")).collect();
            screen.print(text!("  next: {} measures some of them\n", words.join(" ")));
        }
    }
}

const fn way(way: Way) -> &'static str {
    match way {
        Way::Argument => "argument",
        Way::Result => "result",
    }
}

fn places(one: &Ranked) -> String {
    let more = one.places.len().saturating_sub(FEW);
    let mut shown = one.places.iter().take(FEW).map(|(of, _)| of.as_str()).collect::<Vec<_>>().join(", ");
    if more > 0 {
        shown += &format!(" and {more} more");
    }
    shown
}
