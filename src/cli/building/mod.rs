//! `monowheel build`.

pub(super) mod args;
mod failures;
pub(super) mod progress;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use monowheel_build::driver::{self, Parts, Request};
use monowheel_build::input::Input;
use monowheel_build::isolated::isolator;
use monowheel_build::manifest::{Manifest, Verdict};
use monowheel_build::maturin;
use monowheel_build::prepare::prepare;
use monowheel_build::toolchain::Machine;
use monowheel_error::{ExitCode, Result, text};
use monowheel_project::config::{Configuration, FILE};
use monowheel_project::tables::api::Stubs;
use monowheel_system::exec::CancelToken;

use crate::cli::api::stubs::before_build;
use crate::cli::args::Global;
use crate::cli::building::args::BuildArgs;
use crate::cli::building::progress::Progress;
use crate::cli::plan;
use crate::cli::screen::{BAD, GOOD, Screen};
use crate::cli::table::Table;

pub(super) fn run(
    args: &BuildArgs,
    global: &Global,
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let start = Instant::now();
    let input = Input::parse(&args.plan.project)?;
    if let Input::Folder(root) = &input {
        check_stubs(root, args, python.clone(), stop, screen)?;
    }
    let isolator = isolator(&input, args.isolation.or_default(), stop)?;
    let machine = Machine::probe(python, stop)?;
    let progress = Progress::new(screen, global.verbose);
    let index = args.plan.index.options(stop);
    let prepared = prepare(&input, &args.plan.selection(), &machine, &index, args.fresh, stop, &progress)?;
    if args.dry_run {
        if global.json {
            screen.json(&prepared.plan)?;
        } else {
            plan::show(&prepared.plan, screen);
            screen.print(text!("\nmaturin would be run with:\n"));
            for job in prepared.plan.ready() {
                screen.print(text!("  {}\n", maturin::arguments(job, prepared.profile()).join(" ")));
            }
        }
        return Ok(ExitCode::Clean);
    }
    let request = Request {
        jobs: args.jobs(),
        fail_fast: args.fail_fast,
        keep_going: args.keep_going,
        sdist_only: args.sdist_only,
        parts: args.parts.as_deref().map(Parts::read).transpose()?,
        ..Request::new(args.out(&input), isolator)
    };
    progress.expect(last_times(&request.out), request.lanes(machine.cores));
    let built = driver::build(prepared, &request, stop, &progress);
    progress.end();
    let manifest = built?;
    if global.json {
        screen.json(&manifest)?;
    } else {
        show(&manifest, screen);
        let seconds = start.elapsed().as_secs_f64();
        let made = manifest.wheels.iter().filter(|wheel| wheel.verdict.is_good()).count();
        let style = if manifest.complete { GOOD } else { BAD };
        let counted = match args.sdist_only {
            true => text!("the sdist"),
            false => text!("{} of {} wheels", made, manifest.wheels.len()),
        };
        screen.print(text!("\n{} in {} after {:.1} s\n", style.paint(counted), request.out.display(), seconds));
    }
    Ok(exit_code(&manifest))
}

/// Checks or writes the project's type stubs, if `[tool.monowheel.api]` says so.
fn check_stubs(
    root: &Path,
    args: &BuildArgs,
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &Screen,
) -> Result<()> {
    let configuration = Configuration::read(&root.join(FILE))?;
    match configuration.and_then(|configuration| configuration.config.api.stubs) {
        Some(Stubs::Write) if args.dry_run => Ok(()),
        Some(stubs) => before_build(root, stubs, python, stop, screen),
        None => Ok(()),
    }
}

/// How long each wheel took in the build whose record is in the output directory.
fn last_times(out: &Path) -> BTreeMap<String, f64> {
    let wheels = Manifest::read(out).map(|manifest| manifest.wheels).unwrap_or_default();
    wheels.iter().filter_map(|wheel| Some((format!("{}-{}", wheel.target, wheel.abi), wheel.seconds?))).collect()
}

/// Wheels, sizes, seconds, verdicts; then each failure with its next step.
fn show(manifest: &Manifest, screen: &mut Screen) {
    let mut rows = Table::new(&["wheel", "size", "seconds", "verdict"]).right(1..3).wrap(0, 24).optional(&[2, 1]);
    rows.row([&manifest.sdist.file, &text::bytes(manifest.sdist.size), &"", &"sdist"]);
    for wheel in &manifest.wheels {
        let file = wheel.file.as_ref();
        rows.row([
            &file.map_or_else(|| format!("{}-{} (no wheel)", wheel.target, wheel.abi), |file| file.file.clone()),
            &file.map(|file| text::bytes(file.size)).unwrap_or_default(),
            &wheel.seconds.map(|seconds| format!("{seconds:.1}")).unwrap_or_default(),
            &wheel.verdict.word(),
        ]);
    }
    screen.print(rows.text(screen.width()));
    if let Some(isolation) = &manifest.isolation {
        screen.print(text!("\nbuild scripts ran {}\n", isolation.line()));
    }
    show_audit(manifest, screen);
    for over in &manifest.over_budget {
        screen.print(text!("\n{}: {}\n", BAD.paint("over budget"), over.message()));
        screen.print(text!("  next: see where its bytes go (monowheel size), or raise max-wheel\n"));
    }
    failures::show(manifest, screen);
}

/// The audit's result in one line, then in full the worst findings about the wheels as a group if they failed it.
fn show_audit(manifest: &Manifest, screen: &mut Screen) {
    let counts = manifest.audit.counts;
    let told: Vec<String> = [(counts.errors, "error"), (counts.warnings, "warning"), (counts.notes, "note")]
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}{}", if *count == 1 { "" } else { "s" }))
        .collect();
    let style = if manifest.audit.clean { GOOD } else { BAD };
    let made = manifest.wheels.iter().filter(|wheel| wheel.verdict.is_good()).count();
    if manifest.wheels.is_empty() {
        return;
    }
    if made == 0 {
        screen.print(text!("\n{}\n", BAD.paint("audit: there is no wheel to audit")));
        return;
    }
    let each = if told.is_empty() { "" } else { " (`monowheel audit` lists each)" };
    let told = if told.is_empty() { "clean".to_owned() } else { told.join(", ") };
    let told = if made < manifest.wheels.len() { format!("{told} in the {made} wheels that were built") } else { told };
    screen.print(text!("\n{}: {}{}\n", style.paint("audit"), told, each));
    // Findings that failed it are at least as severe as `fail-on`: at least the worst.
    let worst = counts.worst().filter(|_| !manifest.audit.clean);
    for finding in manifest.audit.findings.iter().filter(|found| Some(found.severity) == worst) {
        screen.print(text!("  {} ({})\n", finding.message, finding.rule));
    }
}

/// A wheel that failed to build outweighs one with findings: the build is incomplete.
fn exit_code(manifest: &Manifest) -> ExitCode {
    let has = |verdicts: &[Verdict]| manifest.wheels.iter().any(|wheel| verdicts.contains(&wheel.verdict));
    if has(&[Verdict::Failed, Verdict::Blocked]) {
        ExitCode::Incomplete
    } else if has(&[Verdict::Broken, Verdict::Skipped]) || !manifest.audit.clean || !manifest.over_budget.is_empty() {
        ExitCode::Findings
    } else {
        ExitCode::Clean
    }
}
