//! `monowheel floor --price`: what floors cost in speed.

use std::path::{Path, PathBuf};

use monowheel_build::floor::Report;
use monowheel_build::floor::builds::Builds;
use monowheel_error::terminal::{TerminalText, lines};
use monowheel_error::{Error, ErrorKind, Result, text};
use monowheel_project::abi::OLDEST;
use monowheel_system::exec::{CancelToken, Isolator};
use monowheel_test::price::{Calls, Options, Price, Variant, Work, measure};
use monowheel_test::trials::{self, Python, Wanted};

use crate::cli::floor::args::{FloorArgs, PriceArgs};
use crate::cli::prose::{faint, labelled};
use crate::cli::pythons::chosen;
use crate::cli::screen::{GOOD, Screen, WARN};
use crate::cli::table::Table;

/// Symbols that are shown for a call.
const FEW: usize = 4;

/// The interpreters to measure on.
///
/// # Errors
/// [`ErrorKind::Usage`] for a selection with none on which this machine's wheels run.
pub(super) fn pythons(args: &PriceArgs, own: &Path, stop: &CancelToken) -> Result<Vec<Python>> {
    let mut wanted: Vec<Wanted> = args.pythons.iter().map(|text| Wanted::parse(text)).collect::<Result<_>>()?;
    let own = Wanted::Path(own.to_path_buf());
    if wanted.is_empty() {
        wanted.push(own.clone());
    }
    let named: Vec<PathBuf> = wanted.iter().chain([&own]).filter_map(Wanted::path).collect();
    let found = trials::find(&named, stop)?;
    // The wheels are for the C library of the Python that runs monowheel.
    let libc = |python: &Python| python.about.libc.as_ref().map(|(name, _)| name.clone());
    let own_libc = found.pythons.iter().find(|python| own.is(python)).and_then(libc);
    let mut pythons = chosen(&wanted, &found, false, true)?;
    pythons.retain(|python| {
        let about = &python.about;
        let is_plain = about.implementation == "cpython" && !about.free_threaded && !about.debug;
        is_plain && about.version >= (3, OLDEST) && libc(python) == own_libc
    });
    if let Some(missing) = wanted.iter().find(|wanted| !pythons.iter().any(|python| wanted.is(python))) {
        let what =
            "the price of a floor is measured on CPython 3.8 or later with the GIL, of this machine's own platform";
        return Err(Error::new(ErrorKind::Usage, what).at(missing).next("name another one with --python"));
    }
    Ok(pythons.into_iter().cloned().collect())
}

/// What [`measured`] needs besides the arguments.
pub(super) struct Place<'a> {
    /// The source without a floor of its own.
    pub(super) copy: &'a Path,
    /// The user's project, if the source is one.
    pub(super) project: Option<PathBuf>,
    /// An empty directory for the builds.
    pub(super) folder: &'a Path,
    /// The Python that runs monowheel.
    pub(super) python: &'a Path,
    pub(super) isolator: &'a Isolator,
}

/// Builds the wheels and measures them.
pub(super) fn measured(
    args: &FloorArgs,
    report: &Report,
    pythons: &[Python],
    place: &Place<'_>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<Vec<Price>> {
    let variants = variants(args, report, pythons, place, stop, screen)?;
    let wheels: Vec<PathBuf> = variants.iter().map(|variant| variant.wheel.clone()).collect();
    let releases = trials::releases(&wheels)?;
    let [release] = releases.as_slice() else {
        return Err(Error::new(ErrorKind::Tool, "the builds have different names or versions"));
    };
    let asked = &args.price;
    let work = Work {
        setup: asked.setup.clone(),
        calls: asked.calls.clone(),
        command: asked.bench.clone(),
        project: place.project.clone(),
    };
    let isolator = Isolator::choose(args.isolation.or_default(), stop)?;
    let options = Options { rounds: asked.rounds.get(), counts: asked.count, isolator, stop: stop.clone() };
    let notes = screen.notes();
    let told = |line: &str| notes.line(lines(line));
    pythons.iter().map(|python| measure(release, &variants, python, &work, &options, &told)).collect()
}

/// A wheel for each floor that compiles and that one of the interpreters has, and one for each interpreter alone.
fn variants(
    args: &FloorArgs,
    report: &Report,
    pythons: &[Python],
    place: &Place<'_>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<Vec<Variant>> {
    let mut natives: Vec<u8> = pythons.iter().map(|python| python.about.version.1).collect();
    natives.sort_unstable();
    natives.dedup();
    let newest = natives.last().copied().unwrap_or_default();
    let asked: Vec<u8> = args.price.floors.iter().map(|floor| floor.version().1).collect();
    let floors = report.floors.iter().filter(|row| row.compiles).map(|row| row.minor);
    let floors: Vec<u8> =
        floors.filter(|floor| *floor <= newest && (asked.is_empty() || asked.contains(floor))).collect();
    if let Some(missing) = asked.iter().find(|floor| !floors.contains(floor)) {
        return Err(Error::new(ErrorKind::Usage, format!("the floor 3.{missing} cannot be measured"))
            .next("name floors that compile, and an interpreter that is not older: --python"));
    }
    if floors.is_empty() {
        return Err(
            Error::new(ErrorKind::Usage, "there is no floor to measure").next("name a newer interpreter: --python")
        );
    }
    let builds = Builds {
        project: place.copy,
        python: place.python,
        folder: place.folder,
        isolator: place.isolator,
        toolchain: args.toolchain.named(),
    };
    let told = &mut |line: &str| screen.note(lines(line));
    let mut variants = Vec::new();
    for floor in floors {
        told(&format!("with the floor 3.{floor}:"));
        let wheel = builds.floor(floor, stop, told)?;
        variants.push(Variant { name: format!("3.{floor}"), oldest: floor, is_native: false, wheel });
    }
    for minor in natives {
        told(&format!("for CPython 3.{minor} alone:"));
        let wheel = builds.native(minor, stop, told)?;
        variants.push(Variant { name: "native".to_owned(), oldest: minor, is_native: true, wheel });
    }
    Ok(variants)
}

/// A table for each interpreter, and what follows from them.
pub(super) fn show(prices: &[Price], report: &Report, screen: &mut Screen) {
    for price in prices {
        screen.print(text!("\n{}\n\n", price.python) + table(price, screen.width()));
        let noise = format!(
            "medians of {} rounds, with intervals of 95 %; things that are the same differ by up to {:.1} % here",
            price.rounds,
            price.noise * 100.0
        );
        screen.print(faint(&text!("{}", noise), screen.width()));
        let (label, said) = verdict(price, report);
        screen.print(text!("\n") + labelled(&label, &said, screen.width()));
    }
}

/// A row for each call with each wheel.
fn table(price: &Price, width: Option<usize>) -> TerminalText {
    let heads = ["call", "wheel", "time", "relative", "", "instructions", "calls into Python"];
    let has_counts = price.rows.iter().any(|row| !row.counts.is_empty());
    let heads = if has_counts { &heads[..] } else { &heads[..5] };
    let mut rows = Table::new(heads).right(2..6.min(heads.len())).wrap(0, 24);
    if has_counts {
        rows = rows.wrap(6, 24);
    }
    for row in &price.rows {
        let native = (String::from("native"), row.native, String::new(), String::new());
        let costs = row.costs.iter().map(|cost| {
            let is_slower = cost.is_slower(price.noise);
            let range = if is_slower { format!("{:.2} to {:.2}", cost.low, cost.high) } else { String::new() };
            (format!("from {}", cost.floor), row.native * cost.ratio, format!("{:.2}x", cost.ratio), range)
        });
        for (number, (wheel, took, relative, range)) in std::iter::once(native).chain(costs).enumerate() {
            let call = if number == 0 { row.call.as_str() } else { "" };
            let counts = row.counts.iter().find(|counts| wheel.ends_with(&counts.wheel));
            let (instructions, symbols) = counts.map(counted).unwrap_or_default();
            if has_counts {
                rows.row([&call, &wheel, &time(took), &relative, &range, &instructions, &symbols]);
            } else {
                rows.row([&call, &wheel, &time(took), &relative, &range]);
            }
        }
    }
    rows.text(width)
}

/// The instructions of a call, and the symbols that it uses most.
fn counted(counts: &Calls) -> (String, String) {
    let mut symbols: Vec<(&String, &f64)> = counts.symbols.iter().collect();
    symbols.sort_by(|one, two| two.1.total_cmp(one.1));
    let more = symbols.len().saturating_sub(FEW);
    let shown = symbols.iter().take(FEW).map(|(symbol, calls)| format!("{} {symbol}", number(**calls)));
    let shown = shown.chain((more > 0).then(|| format!("{more} more"))).collect::<Vec<_>>();
    (number(counts.instructions), shown.join(", "))
}

/// What the table means, in one sentence.
fn verdict(price: &Price, report: &Report) -> (TerminalText, String) {
    let lowest = price.floors().next().unwrap_or_default();
    let Some((call, cost)) = price.slowest(lowest) else {
        let said = format!("no call is slower with the floor {lowest} than without abi3");
        return (GOOD.paint(text!("no price:")), said);
    };
    let price_of = format!("with the floor {lowest}, {call} takes {:.2} times as long as without abi3", cost.ratio);
    let cheapest = price.cheapest().unwrap_or(lowest);
    if cheapest == lowest {
        return (WARN.paint(text!("price:")), format!("{price_of}, and no higher floor is faster"));
    }
    let other = match price.slowest(cheapest) {
        Some((call, cost)) => format!("with {cheapest}, {call} is the slowest, {:.2} times", cost.ratio),
        None => format!("with {cheapest}, no call is slower"),
    };
    let served =
        |floor: &str| report.floors.iter().find(|row| row.floor == floor).map_or(0.0, |row| row.serves.percent);
    let given_up = served(lowest) - served(cheapest);
    let said = format!(
        "{price_of}; {other}. Choose {cheapest} if such calls matter: it gives up {given_up:.1} % of downloads, which get \
         an older release or wheels of their own"
    );
    (WARN.paint(text!("price:")), said)
}

fn number(value: f64) -> String {
    if (value - value.round()).abs() < 0.05 { format!("{value:.0}") } else { format!("{value:.1}") }
}

/// Nanoseconds as people read them.
fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        short if short < 10_000.0 => format!("{short:.0} ns"),
        medium if medium < 10_000_000.0 => format!("{:.0} µs", medium / 1e3),
        long => format!("{:.0} ms", long / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit() {
        assert_eq!([42.4, 10_500.0, 25_000_000.0].map(time), ["42 ns", "10 µs", "25 ms"]);
        assert_eq!([2.0, 0.5, 611.98].map(number), ["2", "0.5", "612"]);
    }
}
