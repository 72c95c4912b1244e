//! What a floor of abi3 costs in speed: wheels of one source, each with a floor or for one CPython, measured in turns.
//!
//! ```text
//! wheels ── environment ── calls: named, or found in the stubs ─┬─ time, in short processes, in turns ── ratios to the native wheel
//!                                                               └─ callgrind ── instructions, and calls of the C API
//! ```
//!
//! Every wheel is measured in the same rounds, so other load on the machine affects all of them. The native wheel takes
//! part twice, and each process also times a function in pure Python: what these differ by is noise.

mod bench;
mod callgrind;
mod report;
mod statistics;
mod work;

use std::path::PathBuf;

use bench::Bench;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{CancelToken, Isolator};
pub use report::{Calls, Cost, Price, Row};
use statistics::Ratio;

use crate::trials::{Python, Release};

/// One way to build the source.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The floor, such as `3.10`; `native` for the wheel of one CPython.
    pub name: String,
    /// The minor version of the oldest CPython that it supports.
    pub oldest: u8,
    /// Whether it supports that one alone.
    pub is_native: bool,
    /// The wheel.
    pub wheel: PathBuf,
}

impl Variant {
    /// Whether it runs on CPython 3.`minor`.
    const fn runs_on(&self, minor: u8) -> bool {
        if self.is_native { self.oldest == minor } else { self.oldest <= minor }
    }
}

/// What is measured.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// Statements that run before, in each process.
    pub setup: Option<String>,
    /// Expressions or statements to measure; those of the stubs if there are none.
    pub calls: Vec<String>,
    /// A command to measure instead.
    pub command: Option<String>,
    /// The directory in which it runs.
    pub project: Option<PathBuf>,
}

/// How it is measured.
#[derive(Clone, Debug)]
pub struct Options {
    /// Processes for each wheel.
    pub rounds: usize,
    /// Whether to count instructions and calls of the C API too.
    pub counts: bool,
    /// What isolates the wheels.
    pub isolator: Isolator,
    /// Ends the work early.
    pub stop: CancelToken,
}

/// Measures the variants on one interpreter; one of them has to be its native wheel. `told` receives the progress.
///
/// # Errors
/// [`ErrorKind::Usage`] for an interpreter without a native wheel and for calls that fail; when a process cannot be run;
/// after Ctrl-C.
pub fn measure(
    release: &Release,
    variants: &[Variant],
    python: &Python,
    work: &Work,
    options: &Options,
    told: &dyn Fn(&str),
) -> Result<Price> {
    let minor = python.about.version.1;
    let mut variants: Vec<&Variant> = variants.iter().filter(|variant| variant.runs_on(minor)).collect();
    variants.sort_by_key(|variant| (variant.is_native, variant.oldest));
    if !variants.last().is_some_and(|last| last.is_native) {
        return Err(Error::new(ErrorKind::Usage, format!("no wheel is for {} alone", python.name())));
    }
    let bench = Bench::open(release, python, options)?;
    let builds = variants.iter().map(|variant| bench.unpacked(variant)).collect::<Result<Vec<_>>>()?;
    let native = builds.len() - 1;
    let found = bench.work(work, &builds[native])?;
    // The last one again: its difference to itself is noise.
    let places: Vec<usize> = (0..builds.len()).chain([native]).collect();
    let mut times = vec![Vec::new(); places.len()];
    told(&format!("measuring on {}: {} rounds of {} processes", python.name(), options.rounds, places.len()));
    for round in 0..options.rounds {
        for step in 0..places.len() {
            // Each time another one begins.
            let at = (step + round) % places.len();
            times[at].push(bench.times(&found, &builds[places[at]])?);
        }
    }
    if options.counts {
        told("counting with valgrind");
    }
    let counts = match options.counts && work.command.is_none() {
        true => builds.iter().map(|build| bench.counts(&found, build)).collect::<Result<Vec<_>>>()?,
        false => Vec::new(),
    };
    let controls = (0..native).chain([native + 1]).map(|at| Ratio::of(&times[at], &times[native], work::CONTROL));
    let noise = controls.chain(found.calls.iter().map(|call| Ratio::of(&times[native + 1], &times[native], call)));
    let noise = noise.map(Ratio::deviation).fold(0.0, f64::max);
    let row = |(number, call): (usize, &String)| Row {
        call: call.clone(),
        native: statistics::median(times[native].iter().filter_map(|one| one.get(call).copied())),
        costs: (0..native)
            .map(|at| Cost::of(&variants[at].name, Ratio::of(&times[at], &times[native], call)))
            .collect(),
        counts: counts.iter().zip(&variants).map(|(of, variant)| of[number].named(&variant.name)).collect(),
    };
    Ok(Price {
        python: python.name(),
        rounds: options.rounds,
        noise,
        setup: found.setup.clone(),
        rows: found.calls.iter().enumerate().map(row).collect(),
    })
}
