//! `monowheel plan`.

pub(super) mod args;

use std::path::PathBuf;

use monowheel_build::input::Input;
use monowheel_build::lockfile::{self, Change, Standing, State};
use monowheel_build::native::Native;
use monowheel_build::native::program::From;
use monowheel_build::plan::Plan;
use monowheel_build::prepare::prepare;
use monowheel_build::toolchain::Machine;
use monowheel_build::toolchain::choice::StdFrom;
use monowheel_error::terminal::{TerminalText, lines};
use monowheel_error::{ExitCode, Result, text};
use monowheel_system::exec::CancelToken;

use crate::cli::args::Global;
use crate::cli::building::progress::Progress;
use crate::cli::plan::args::PlanArgs;
use crate::cli::prose::{faint, labelled};
use crate::cli::screen::{BAD, GOOD, Screen, WARN};
use crate::cli::table::Table;

pub(super) fn run(
    args: &PlanArgs,
    global: &Global,
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let input = Input::parse(&args.project)?;
    let machine = Machine::probe(python, stop)?;
    let progress = Progress::new(screen, global.verbose);
    let index = args.index.options(stop);
    let prepared = prepare(&input, &args.selection(), &machine, &index, false, stop, &progress)?;
    if global.json {
        screen.json(&prepared.plan)?;
    } else {
        show(&prepared.plan, screen);
    }
    let blocked = prepared.plan.jobs.iter().any(|job| job.blocked.is_some());
    Ok(if blocked { ExitCode::Findings } else { ExitCode::Clean })
}

/// The plan as text.
pub(super) fn show(plan: &Plan, screen: &mut Screen) {
    let known = |value: &Option<String>| value.clone().unwrap_or_else(|| "missing".to_owned());
    screen.print(text!("{} {} ({})\n", plan.project.name, plan.project.version, plan.project.bindings));
    let tools = text!(
        "maturin {}, zig {}, {} (toolchain {})",
        known(&plan.tools.maturin),
        known(&plan.tools.zig),
        plan.tools.rustc.as_deref().unwrap_or("no rustc"),
        known(&plan.tools.toolchain)
    );
    screen.print(faint(&tools, screen.width()));
    if let Some(lock) = &plan.lock {
        show_lock(lock, screen);
    }
    show_native(&plan.native, screen);
    screen.print(text!("\n"));
    let mut rows =
        Table::new(&["target", "abi", "rust target", "linker", "std", "wheel tag"]).wrap(5, 28).optional(&[2, 3, 5, 4]);
    for job in &plan.jobs {
        let std = match job.std.iter().map(|std| std.from).max() {
            Some(from) => word(from),
            None => "",
        };
        rows.row([
            &job.target,
            &job.family,
            &job.target.triples.join(" + "),
            &job.linker,
            &std,
            if job.blocked.is_some() { &"cannot be built" } else { &job.tag },
        ]);
    }
    screen.print(rows.text(screen.width()));
    show_hindrances(plan, screen);
    let mut notes: Vec<&str> = Vec::new();
    for note in plan.notes.iter().chain(plan.jobs.iter().flat_map(|job| &job.notes)) {
        if !notes.contains(&note.as_str()) {
            notes.push(note);
        }
    }
    for note in notes {
        screen.print(labelled(&text!("{}:", WARN.paint("note")), note, screen.width()));
    }
    let ready = plan.ready().count();
    let style = if ready == plan.jobs.len() { GOOD } else { BAD };
    screen.print(text!("\n{}\n", style.paint(text!("{} of {} wheels can be built", ready, plan.jobs.len()))));
}

/// The programs that build scripts need and the C libraries of a build, and the source of each.
fn show_native(native: &Native, screen: &mut Screen) {
    for program in &native.programs {
        let from = match program.from {
            From::Variable => "set in the environment",
            From::Cache => "cached",
            From::Index => "downloaded from the index, once",
            From::Machine => "installed on this machine",
            From::Nowhere => "missing",
        };
        let users = program.users.join(", ");
        screen.print(faint(&text!("{} {} for {}: {}", program.name, program.version, users, from), screen.width()));
    }
    if let Some(openssl) = &native.openssl {
        let from = if openssl.vendored { "vendored by the crate" } else { "built from source, once per target" };
        let text = text!("OpenSSL {} for {}: {}", openssl.version, openssl.openssl_sys, from);
        let own = text!("OpenSSL for {}: {}", openssl.openssl_sys, from);
        screen.print(faint(if openssl.vendored { &own } else { &text }, screen.width()));
    }
}

/// The state of the lock, and what a build would write into it.
fn show_lock(lock: &State, screen: &mut Screen) {
    let said = match lock.state {
        Standing::Used => "up to date with these tools",
        Standing::New => "a build creates it, with",
        Standing::Changed => "a build updates it",
        Standing::Incomplete => "a build cannot write it while a tool is missing",
        Standing::Overridden => "not its compiler: overridden by --toolchain or MONOWHEEL_TOOLCHAIN",
        Standing::RequestNotMet => "the sdist's lock asks for other tools, and is ignored",
    };
    // Of a new lock the tools are enough here: the table has a row for each target.
    let is_new = lock.state == Standing::New;
    let is_shown = |change: &&Change| !is_new || ["rustc", "maturin", "zig"].contains(&change.what.as_str());
    screen.print(faint(&text!("{}: {}", lockfile::FILE, said), screen.width()));
    for change in lock.changes.iter().filter(is_shown) {
        screen.print(faint(&text!("  {}", change.line()), screen.width()));
    }
}

/// Each reason once, with the wheels that it blocks and the command that fixes it.
fn show_hindrances(plan: &Plan, screen: &mut Screen) {
    for problem in &plan.problems {
        screen.print(blocked(&problem.why, None, &problem.next_step, screen.width()));
    }
    let mut told: Vec<_> = plan.problems.iter().collect();
    for hindrance in plan.jobs.iter().filter_map(|job| job.blocked.as_ref()) {
        if told.contains(&hindrance) {
            continue;
        }
        told.push(hindrance);
        let ids: Vec<&str> =
            plan.jobs.iter().filter(|job| job.blocked.as_ref() == Some(hindrance)).map(|job| job.id.as_str()).collect();
        screen.print(blocked(&hindrance.why, Some(&ids.join(", ")), &hindrance.next_step, screen.width()));
    }
}

/// What cannot be built, and how to fix it: the command is not broken, so that it can be copied.
fn blocked(why: &str, wheels: Option<&str>, fix: &str, width: Option<usize>) -> TerminalText {
    let wheels = wheels.map(|wheels| labelled(&text!("  for: "), wheels, width));
    text!("\n")
        + labelled(&text!("{}:", BAD.paint("blocked")), why, width)
        + wheels.unwrap_or_default()
        + text!("  fix:  {}\n", lines(fix))
}

const fn word(from: StdFrom) -> &'static str {
    match from {
        StdFrom::Installed => "installed",
        StdFrom::Cache => "cached",
        StdFrom::Source => "from source, once",
        StdFrom::Rustup => "rustup target add",
        StdFrom::Nowhere => "missing",
    }
}
