//! `monowheel api diff`.

use std::path::{Path, PathBuf};

use monowheel_api::comparison::Comparison;
use monowheel_api::diff::{self, Level};
use monowheel_api::surface::Note;
use monowheel_api::{changelog, set};
use monowheel_error::terminal::TerminalText;
use monowheel_error::text::count;
use monowheel_error::{ExitCode, Result, text};
use monowheel_project::config::Configuration;
use monowheel_release::api::{Side, representatives};
use monowheel_system::exec::CancelToken;
use serde::Serialize;

use crate::cli::api::args::DiffArgs;
use crate::cli::api::side;
use crate::cli::args::Global;
use crate::cli::prose::{faint, labelled};
use crate::cli::screen::{BAD, GOOD, Screen, WARN};
use crate::cli::work_dir;

const SCHEMA: &str = "monowheel.api-diff/1";
/// Additions that are shown without `--verbose`.
const FEW: usize = 20;

#[derive(Serialize)]
struct Read {
    /// As it was named.
    named: String,
    version: Option<String>,
    /// The wheel or the source that was read.
    read: String,
    /// The number of its wheels.
    wheels: usize,
    /// What is not known of it.
    notes: Vec<Note>,
}

#[derive(Serialize)]
struct Report {
    schema: &'static str,
    monowheel: &'static str,
    old: Read,
    new: Read,
    #[serde(flatten)]
    comparison: Comparison,
}

impl Report {
    fn exit_code(&self) -> ExitCode {
        match self.comparison.is_refused() {
            true => ExitCode::Findings,
            false => ExitCode::Clean,
        }
    }
}

pub(super) fn run(
    args: &DiffArgs,
    global: &Global,
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let project = Configuration::find(args.config.as_deref(), Some(Path::new(&args.new)))?;
    let kept = work_dir::folder(None, "monowheel-api-")?;
    let folder = |name: &str| -> Result<PathBuf> {
        let folder = kept.path.join(name);
        fs_err::create_dir_all(&folder)?;
        Ok(folder)
    };
    let options = args.index.options(stop);
    let old = side::find(&args.old, &folder("old")?, &options, stop, screen)?;
    let new = side::find(&args.new, &folder("new")?, &options, stop, screen)?;
    let (old_wheel, new_wheel) = representatives(old.names(), new.names());
    let python = args.run.clone().or(python);
    let old = old.read(old_wheel.as_deref(), &folder("old")?, python.as_deref(), stop, screen)?;
    let new = new.read(new_wheel.as_deref(), &folder("new")?, python.as_deref(), stop, screen)?;
    stop.check()?;
    let mut changes = diff::changes(&old.surface, &new.surface);
    if let (Some(old), Some(new)) = (&old.wheels, &new.wheels) {
        changes.extend(set::changes(old, new));
    }
    if let Some(python) = &args.run {
        let was = side::running(&old, python, &kept.path.join("run-old"), stop)?;
        let is = side::running(&new, python, &kept.path.join("run-new"), stop)?;
        let known: Vec<(&str, String)> = changes.iter().map(|one| (one.lint, one.name.clone())).collect();
        let more = diff::changes(&was, &is);
        changes.extend(more.into_iter().filter(|one| !known.contains(&(one.lint, one.name.clone()))));
    }
    let allow = project.map(|project| project.config.api.allow).unwrap_or_default();
    let report = Report {
        schema: SCHEMA,
        monowheel: monowheel_error::VERSION,
        comparison: Comparison::of(changes, &allow, old.version.as_deref(), new.version.as_deref()),
        old: read(&args.old, &old),
        new: read(&args.new, &new),
    };
    match (args.changelog, global.json) {
        (true, _) => screen.machine(&changelog::draft(report.new.version.as_deref(), &report.comparison.all()))?,
        (false, true) => screen.json(&report)?,
        (false, false) => show(&report, global.verbose, screen),
    }
    Ok(report.exit_code())
}

fn read(named: &str, side: &Side) -> Read {
    Read {
        named: named.to_owned(),
        version: side.version.clone(),
        read: side.read.clone(),
        wheels: side.wheels.as_ref().map_or(0, |wheels| wheels.files.len()),
        notes: side.surface.notes.clone(),
    }
}

fn show(report: &Report, verbose: bool, screen: &mut Screen) {
    let width = screen.width();
    for side in [&report.old, &report.new] {
        let wheels =
            if side.wheels > 1 { format!(", and the names of {}", count(side.wheels, "wheel")) } else { String::new() };
        screen.note(faint(&text!("{}: read {}{}", side.named, side.read, wheels), width));
    }
    let mut hidden = 0;
    let mut whom = "";
    for (index, (change, names)) in diff::grouped(&report.comparison.changes).into_iter().enumerate() {
        if change.level != Level::Major && index >= FEW && !verbose {
            hidden += 1;
            continue;
        }
        let label = match change.level {
            Level::Major => BAD.paint("breaks"),
            Level::Minor => WARN.paint("changes"),
            Level::Patch => GOOD.paint("adds"),
        };
        let label = if change.lint.ends_with("-added") { GOOD.paint("adds") } else { label };
        let names = match names.as_slice() {
            [first, second, rest @ ..] if rest.len() > 1 && !verbose => {
                format!("{first}, {second} and {} more", rest.len())
            }
            names => names.join(", "),
        };
        let said = format!("{names}: {} [{}]", change.what, change.lint);
        screen.print(labelled(&label, &said, width));
        if change.level == Level::Major && change.whom != whom {
            whom = change.whom;
            screen.print(faint(&text!("  {}", change.whom), width));
        }
    }
    for allowed in &report.comparison.allowed {
        let said =
            format!("{}: {} [{}]: {}", allowed.change.name, allowed.change.what, allowed.change.lint, allowed.reason);
        screen.print(labelled(&GOOD.paint("allowed"), &said, width));
    }
    if hidden > 0 {
        screen.print(text!("{} more: --verbose shows them\n", hidden));
    }
    for side in [&report.old, &report.new] {
        for note in side.notes.iter().take(if verbose { usize::MAX } else { 5 }) {
            let label = WARN.paint(text!("not known of {}:", side.named));
            screen.note(labelled(&label, &format!("{} ({})", note.what, note.place), width));
        }
    }
    screen.print(verdict(report));
}

const fn word(level: Level) -> &'static str {
    match level {
        Level::Major => "a breaking release",
        Level::Minor => "a release with new features",
        Level::Patch => "any release",
    }
}

fn verdict(report: &Report) -> TerminalText {
    let comparison = &report.comparison;
    let breaking = comparison.number(Level::Major);
    let others = comparison.changes.len() - breaking;
    let found = format!("{}, {}", count(breaking, "breaking change"), count(others, "other change"));
    let style = if report.exit_code() == ExitCode::Clean { GOOD } else { BAD };
    let mut text = style.paint(text!("{}", found));
    if let (Some(least), Some(old)) = (&comparison.least_version, &report.old.version) {
        if comparison.level == Level::Patch {
            text += text!("; after {}, any later version", old);
        } else {
            text += text!("; after {}, {}: {} or later", old, word(comparison.level), least);
        }
    }
    text = text.line();
    match (comparison.is_enough, &report.new.version, &comparison.least_version) {
        (Some(false), Some(new), Some(least)) => {
            text += text!("  the new version is {}\n", new);
            text += text!("  next: {}\n", format!("release it as {least}, or undo what breaks"));
        }
        (None, ..) if comparison.level == Level::Major => {
            text += text!("  next: {}\n", "raise the major version, or undo what breaks");
        }
        _ => {}
    }
    text
}
