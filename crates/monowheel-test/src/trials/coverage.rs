//! The coverage of each Python on each platform: the audit's map, and which cells were run.

use monowheel_audit::resolve::{self, Machine};
use monowheel_audit::set::Interpreter;
use monowheel_audit::test_report::{Cell, Map, Row, Trial, Verdict};

use crate::lab::Recipe;
use crate::trials::python::Python;
use crate::trials::release::Release;

/// The map of one release: the platforms of its wheels and its project, and the Pythons of the audit's map and any
/// other that was tested.
pub(super) fn map(release: &Release, trials: &[(&Trial, Machine)], found: &[Python]) -> Map {
    let mut pythons = resolve::interpreters();
    for (trial, _) in trials {
        let python = Interpreter { version: trial.version, free_threaded: trial.free_threaded };
        if !pythons.contains(&python) {
            pythons.push(python);
        }
    }
    pythons.sort_by_key(|python| (python.free_threaded, python.version));
    let resolver = resolve::Resolver::new(&release.set.wheels);
    let rows = resolve::machines(&release.set).into_iter().map(|machine| {
        let cell = |python: &Interpreter| match resolver.choose(python, &machine) {
            None => Cell::Nothing,
            Some(wheel) => tried(python, &machine, &wheel.file, trials, found),
        };
        Row { platform: machine.name(), cells: pythons.iter().map(cell).collect() }
    });
    let rows = rows.collect();
    Map { pythons, rows }
}

/// The result of the trials of a wheel that an installer selects.
fn tried(python: &Interpreter, machine: &Machine, file: &str, trials: &[(&Trial, Machine)], found: &[Python]) -> Cell {
    let wheel = file.to_owned();
    let here = trials.iter().filter(|(trial, on)| {
        (trial.version, trial.free_threaded) == (python.version, python.free_threaded)
            && (on.is_like(machine) || *machine == Machine::Any)
    });
    let not_run = |why: String| Cell::NotRun { wheel: wheel.clone(), why, lab: None };
    let mut cell = absent(python, machine, &wheel, found);
    for (trial, on) in here {
        let is_it = trial.wheel.as_deref() == Some(file);
        match trial.verdict {
            Verdict::Failed if is_it => return Cell::Failed { wheel: wheel.clone(), why: reason(trial) },
            Verdict::Ran if is_it => cell = Cell::Ran { wheel: wheel.clone() },
            _ if matches!(cell, Cell::Ran { .. }) => {}
            Verdict::Ran | Verdict::Failed => {
                let other = trial.wheel.as_deref().unwrap_or("no wheel");
                cell = not_run(format!("{} selects {other}", on.name()));
            }
            Verdict::Nothing | Verdict::Skipped | Verdict::NotRun => {
                cell = not_run(reason(trial));
            }
        }
    }
    cell
}

/// The problem of a trial in one line.
pub(super) fn reason(trial: &Trial) -> String {
    let failed = trial.checks.iter().find(|check| check.outcome == monowheel_audit::test_report::Outcome::Failed);
    let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    match (failed, &trial.why) {
        (Some(check), _) => format!("{}: {}", check.name, first(&check.said)),
        (None, Some(why)) => first(why),
        (None, None) => "this Python accepts none of the wheels".to_owned(),
    }
}

/// No trial is about it.
fn absent(python: &Interpreter, machine: &Machine, wheel: &str, found: &[Python]) -> Cell {
    let is_here = found.iter().any(|other| {
        let on = other.about.machine();
        other.about.interpreter() == *python && on.is_some_and(|on| on.is_like(machine) || *machine == Machine::Any)
    });
    let (why, lab) = match machine {
        _ if is_here => ("not part of this run".to_owned(), None),
        Machine::Macos { .. } if !cfg!(target_os = "macos") => ("this is not a Mac".to_owned(), None),
        _ => {
            let recipe = Recipe::making(python.version, python.free_threaded, &machine.platform());
            (format!("no CPython {python} for it on this machine"), recipe.map(|recipe| recipe.id.to_owned()))
        }
    };
    Cell::NotRun { wheel: wheel.to_owned(), why, lab }
}
