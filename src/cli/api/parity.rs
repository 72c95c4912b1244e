//! `monowheel api parity`.

use std::path::Path;

use monowheel_api::parity::rustdoc::{self, Documented};
use monowheel_api::parity::{Evidence, Parity, Settings, State, compare, reachable};
use monowheel_api::read::source;
use monowheel_api::surface::Note;
use monowheel_audit::source as sources;
use monowheel_error::text::count;
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_project::config::Configuration;
use monowheel_project::tables::parity::Table;
use monowheel_system::exec::CancelToken;
use monowheel_system::{atomic_write, regular_file};
use serde::Serialize;

use crate::cli::api::args::ParityArgs;
use crate::cli::args::Global;
use crate::cli::prose::{faint, labelled};
use crate::cli::screen::{BAD, GOOD, Screen, WARN};

const SCHEMA: &str = "monowheel.api-parity/1";
/// The most files of tests that are read.
const MOST_FILES: usize = 10_000;
/// The largest coverage report.
const MOST_REPORT: u64 = 512 << 20;

#[derive(Serialize)]
struct Report {
    schema: &'static str,
    monowheel: &'static str,
    /// The crate whose API it is.
    of: String,
    /// What its items were read from.
    read_from: String,
    /// The module that Python imports.
    module: String,
    percent: usize,
    /// The least percentage.
    fail_under: Option<u8>,
    #[serde(flatten)]
    parity: Parity,
    /// The number of test files.
    test_files: usize,
    /// What is not known.
    notes: Vec<Note>,
}

impl Report {
    fn is_below(&self) -> bool {
        self.fail_under.is_some_and(|least| self.percent < usize::from(least))
    }

    fn exit_code(&self) -> ExitCode {
        match self.is_below() || !self.parity.stale.is_empty() {
            true => ExitCode::Findings,
            false => ExitCode::Clean,
        }
    }
}

pub(super) fn run(args: &ParityArgs, global: &Global, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let configuration = Configuration::find(args.config.as_deref(), Some(&args.project))?;
    let root = configuration.as_ref().map_or_else(|| args.project.clone(), |found| found.root.clone());
    let table = configuration.map(|found| found.config.parity).unwrap_or_default();
    let read = sources::read(&args.project)?;
    let project = source::of(&read, &args.project)?;
    stop.check()?;
    let mut read_from = "the Rust source".to_owned();
    let (of, (items, mut notes)) = match (&table.of, &args.rustdoc) {
        (Some(name), Some(path)) => {
            let found = documented(path, name)?;
            read_from = format!("the JSON of rustdoc, format {}", found.format);
            (name.clone(), (found.items, found.notes))
        }
        (Some(name), None) => (name.clone(), reachable(&sources::read_library(&sources::dependency(&read, name)?)?)),
        (None, Some(path)) => return Err(not_of(path)),
        (None, None) => (read.library().unwrap_or_default(), reachable(&read)),
    };
    if items.is_empty() {
        return Err(nothing(&of, args, table.of.is_some()));
    }
    notes.extend(project.surface.notes.iter().cloned());
    let evidence = evidence(args, &table, &root)?;
    let settings = Settings { exclude: table.exclude, names: table.names };
    let parity = compare(&items, &project.surface, &settings, &evidence);
    let report = Report {
        schema: SCHEMA,
        monowheel: monowheel_error::VERSION,
        of,
        read_from,
        module: project.module,
        percent: parity.percent(),
        fail_under: args.fail_under.or(table.fail_under),
        parity,
        test_files: evidence.mentions.files(),
        notes,
    };
    if let Some(path) = &args.badge {
        let is_svg = path.extension().is_some_and(|end| end == "svg");
        let shields = || report.parity.shields().to_string() + "\n";
        atomic_write::write(path, if is_svg { report.parity.svg() } else { shields() })?;
    }
    match (args.markdown, global.json) {
        (true, _) => screen.machine(&report.parity.markdown())?,
        (false, true) => screen.json(&report)?,
        (false, false) => show(&report, global.verbose, screen),
    }
    Ok(report.exit_code())
}

/// The items of the crate that `of` names, from rustdoc's JSON.
fn documented(path: &Path, of: &str) -> Result<Documented> {
    let text = String::from_utf8_lossy(&regular_file::read(path, MOST_REPORT)?).into_owned();
    let found = rustdoc::read(&path.display().to_string(), &text)?;
    match found.name == of.replace('-', "_") {
        true => Ok(found),
        false => Err(Error::new(ErrorKind::Usage, format!("this is the documentation of {}, not of {of}", found.name))
            .at(path.display())
            .next(format!("write that of {of}: `cargo rustdoc -p {of}`"))),
    }
}

/// The error without a crate that is wrapped: rustdoc does not show which items PyO3 makes a part of Python.
fn not_of(path: &Path) -> Error {
    Error::new(ErrorKind::Usage, "rustdoc's JSON does not show what PyO3 makes a part of Python")
        .at(path.display())
        .next(
            "name the crate that the bindings wrap: of = \"CRATE\" in [tool.monowheel.parity], or leave --rustdoc out",
        )
}

/// The error for an API without items.
fn nothing(of: &str, args: &ParityArgs, is_dependency: bool) -> Error {
    let next = if is_dependency {
        "name the crate that defines the items: one that only re-exports others has none"
    } else {
        "name the crate that the bindings wrap: of = \"CRATE\" in [tool.monowheel.parity]"
    };
    Error::new(ErrorKind::Usage, format!("{of} has no public items")).at(args.project.display()).next(next)
}

/// The names in the tests, and what ran.
fn evidence(args: &ParityArgs, table: &Table, root: &Path) -> Result<Evidence> {
    let mut evidence = Evidence::default();
    let mut waiting = match (args.tests.is_empty(), &table.tests) {
        (false, _) => args.tests.clone(),
        (true, Some(stated)) => stated.iter().map(|path| root.join(path)).collect(),
        (true, None) => Some(root.join("tests")).filter(|path| path.is_dir()).into_iter().collect(),
    };
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            for entry in fs_err::read_dir(&path)? {
                let entry = entry?;
                let is_python = entry.path().extension().is_some_and(|end| end == "py");
                // A link to a directory may lead back.
                if is_python || entry.file_type()?.is_dir() {
                    waiting.push(entry.path());
                }
            }
        } else {
            let shown = path.strip_prefix(root).unwrap_or(&path).display().to_string().replace('\\', "/");
            evidence.mentions.add(&shown, &regular_file::read_text(&path)?);
        }
        if evidence.mentions.files() + waiting.len() > MOST_FILES {
            return Err(Error::new(ErrorKind::Usage, format!("more than {MOST_FILES} files of tests"))
                .at(path.display())
                .next("name the directory of the tests: --tests DIR"));
        }
    }
    for path in &args.coverage {
        let bytes = regular_file::read(path, MOST_REPORT)?;
        evidence.coverage.add(&path.display().to_string(), &String::from_utf8_lossy(&bytes))?;
    }
    Ok(evidence)
}

fn show(report: &Report, verbose: bool, screen: &mut Screen) {
    let width = screen.width();
    let parity = &report.parity;
    let types = parity.missing_types();
    for row in &parity.items {
        match (row.state, &row.python) {
            // The members of a missing type are shown with it.
            (State::Missing, _) if verbose || !row.owner.as_deref().is_some_and(|owner| types.contains_key(owner)) => {
                let members = types.get(row.rust.as_str()).copied().filter(|members| *members > 0 && !verbose);
                let members = members.map(|members| format!(", with {}", count(members, "member"))).unwrap_or_default();
                let said = format!("{} ({}, {}){members}", row.rust, row.kind, row.place);
                screen.print(labelled(&BAD.paint("missing:"), &said, width));
            }
            (State::Excluded, _) if verbose => {
                let said = format!("{}: {}", row.rust, row.reason.as_deref().unwrap_or_default());
                screen.print(labelled(&WARN.paint("excluded:"), &said, width));
            }
            (State::Exposed, Some(python)) if verbose => {
                screen.print(labelled(&GOOD.paint("exposed:"), &format!("{} as {python}", row.rust), width));
            }
            _ => {}
        }
    }
    for stale in &parity.stale {
        screen.print(labelled(&BAD.paint("[tool.monowheel.parity]:"), stale, width));
    }
    for note in report.notes.iter().take(if verbose { usize::MAX } else { 5 }) {
        screen.note(labelled(&WARN.paint(text!("not known: {}:", note.place)), &note.what, width));
    }
    let style = if report.exit_code() == ExitCode::Clean { GOOD } else { BAD };
    let said =
        format!("{} %: {} has {} of {}", report.percent, report.module, parity.exposed, count(parity.counted, "item"));
    screen.print(text!(
        "{} of {}; {} documented, {} tested, {} excluded\n",
        style.paint(text!("{}", said)),
        report.of,
        parity.documented,
        parity.tested,
        parity.excluded
    ));
    if let (true, Some(least)) = (report.is_below(), report.fail_under) {
        screen.print(text!(
            "  next: {}\n",
            format!("expose what is missing, or exclude it with a reason: {least} % are required")
        ));
    }
    screen.note(faint(&text!("{} was read from {}", report.of, report.read_from), width));
    if report.test_files == 0 {
        screen.note(faint(&text!("no tests were found: --tests DIR names them"), width));
    }
}
