//! `monowheel lab`.

pub(super) mod args;

use std::path::{Path, PathBuf};
use std::time::Instant;

use monowheel_error::terminal::lines;
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_system::exec::CancelToken;
use monowheel_system::exec::on_path;
use monowheel_test::lab::{Entry, Hindrance, Lab, Recipe, SCHEMA, State, Way, Wish, recipes, recipes_for_tests};
use serde::Serialize;

use crate::cli::args::Global;
use crate::cli::lab::args::{ChosenArgs, GetArgs, LabArgs, LabCommand};
use crate::cli::screen::{BAD, FAINT, GOOD, Screen, WARN};
use crate::cli::table::Table;

/// The JSON form of `list`.
#[derive(Serialize)]
struct Listing<'a> {
    schema: &'static str,
    lab: &'a Path,
    interpreters: Vec<Item>,
}

/// A recipe and its state in the lab.
#[derive(Serialize)]
struct Item {
    id: &'static str,
    way: Way,
    state: &'static str,
    /// The executable's full path, if it can be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    executable: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<Entry>,
    /// Why an existing entry cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken: Option<String>,
    /// Why it cannot be installed here.
    #[serde(skip_serializing_if = "Option::is_none")]
    hindrance: Option<Hindrance>,
    download_mb: u32,
    seconds: u32,
}

/// The JSON form of `get`.
#[derive(Default, Serialize)]
struct Outcome {
    schema: &'static str,
    interpreters: Vec<Got>,
    failed: Vec<Failed>,
}

#[derive(Serialize)]
struct Got {
    executable: PathBuf,
    /// Whether this command installed it.
    made: bool,
    entry: Entry,
}

#[derive(Serialize)]
struct Failed {
    id: String,
    error: String,
    #[serde(skip)]
    kind: ErrorKind,
}

/// The JSON form of `remove`.
#[derive(Serialize)]
struct Removed {
    schema: &'static str,
    removed: Vec<String>,
}

pub(super) fn run(
    args: &LabArgs,
    global: &Global,
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let lab = Lab::open()?;
    let python = python.or_else(|| on_path("python3"));
    match &args.command {
        LabCommand::List => list(&lab, python.as_deref(), global, screen),
        LabCommand::Get(args) => get(&lab, args, python.as_deref(), global, stop, screen),
        LabCommand::Remove(chosen) => remove(&lab, chosen, global, stop, screen),
    }
}

fn item(lab: &Lab, recipe: &Recipe, python: Option<&Path>) -> Item {
    let mut item = Item {
        id: recipe.id,
        way: recipe.way,
        state: "missing",
        executable: None,
        entry: None,
        broken: None,
        hindrance: None,
        download_mb: recipe.download_mb,
        seconds: recipe.seconds,
    };
    match lab.state(recipe) {
        State::Missing => item.hindrance = recipe.hindrance(python),
        State::Broken(error) => {
            item.state = "broken";
            item.broken = Some(error.to_string());
        }
        State::Ready(entry) => {
            item.state = "ready";
            item.executable = Some(entry.python());
            item.entry = Some(*entry);
        }
        State::Outdated(entry) => {
            item.state = "outdated";
            item.executable = Some(entry.python());
            item.entry = Some(*entry);
        }
    }
    item
}

fn list(lab: &Lab, python: Option<&Path>, global: &Global, screen: &mut Screen) -> Result<ExitCode> {
    let interpreters: Vec<Item> = recipes().iter().map(|recipe| item(lab, recipe, python)).collect();
    if global.json {
        screen.json(&Listing { schema: SCHEMA, lab: lab.root(), interpreters })?;
        return Ok(ExitCode::Clean);
    }
    let mut rows = Table::new(&["interpreter", "state", "version", "runner", "size", "path or cost"])
        .wrap(5, 20)
        .optional(&[3, 2, 4, 5]);
    for item in &interpreters {
        let [version, runner, size] = match &item.entry {
            Some(entry) => [entry.version.clone(), entry.runner.word().to_owned(), megabytes(entry.bytes)],
            None => [String::new(), String::new(), String::new()],
        };
        let state = if item.hindrance.is_some() { "not possible" } else { item.state };
        rows.row([&item.id, &state, &version, &runner, &size, &rest(item)]);
    }
    screen.print(rows.text(screen.width()));
    let mut told: Vec<&Hindrance> = Vec::new();
    for hindrance in interpreters.iter().filter_map(|item| item.hindrance.as_ref()) {
        if !told.contains(&hindrance) {
            told.push(hindrance);
            screen.print(text!("\n{}\n  next: {}\n", WARN.paint(lines(&hindrance.why)), lines(&hindrance.next_step)));
        }
    }
    for broken in interpreters.iter().filter_map(|item| item.broken.as_ref()) {
        screen.print(text!("\n{}: {}\n", BAD.paint("broken"), lines(broken)));
    }
    screen.print(text!("\n{}\n", FAINT.paint(text!("the lab is {}", lab.root().display()))));
    Ok(ExitCode::Clean)
}

fn rest(item: &Item) -> String {
    match (&item.executable, &item.hindrance) {
        (Some(executable), _) => executable.display().to_string(),
        (None, Some(hindrance)) => hindrance.why.clone(),
        (None, None) => format!("{} MB to download, about {} s", item.download_mb, item.seconds),
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1_000_000))
}

/// The chosen ids. An unknown one is an error before anything is done.
fn ids(chosen: &ChosenArgs) -> Result<Vec<String>> {
    if chosen.ids.is_empty() {
        let all: Vec<&str> = recipes().iter().map(|recipe| recipe.id).collect();
        return Err(Error::new(ErrorKind::Usage, "no interpreter is named").next(format!(
            "name some of: {}\nor use --all; `monowheel lab list` shows the size of each",
            all.join(" ")
        )));
    }
    let mut ids = Vec::new();
    for id in &chosen.ids {
        let id = Recipe::named(id)?.id.to_owned();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

fn get(
    lab: &Lab,
    args: &GetArgs,
    python: Option<&Path>,
    global: &Global,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let chosen = &args.chosen;
    let possible = || recipes_for_tests().filter(|recipe| recipe.hindrance(python).is_none());
    let ids = if chosen.all { possible().map(|recipe| recipe.id.to_owned()).collect() } else { ids(chosen)? };
    let mut outcome = Outcome { schema: SCHEMA, ..Outcome::default() };
    for id in &ids {
        let began = Instant::now();
        let notes = screen.notes();
        let watch = |line: &str| notes.line(lines(line));
        match lab.get(id, Wish { python, allow_outdated: args.allow_outdated_index, stop, watch: &watch }) {
            Ok((entry, made)) => {
                let took = began.elapsed().as_secs_f64();
                let done = if made { "installed" } else { "already installed" };
                if !global.json {
                    let version = &entry.version;
                    screen.note(text!(
                        "{}: {}, {}, {:.1} s",
                        GOOD.paint(text!("{} {}", id, done)),
                        version,
                        megabytes(entry.bytes),
                        took
                    ));
                }
                outcome.interpreters.push(Got { executable: entry.python(), made, entry });
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                screen.fail(&error);
                outcome.failed.push(Failed { id: id.clone(), error: error.to_string(), kind: error.kind() });
            }
        }
    }
    if global.json {
        screen.json(&outcome)?;
    } else {
        for got in &outcome.interpreters {
            screen.print(text!("{}\n", got.executable.display()));
        }
    }
    Ok(outcome.failed.iter().map(|failed| failed.kind.exit_code()).max().unwrap_or(ExitCode::Clean))
}

fn remove(
    lab: &Lab,
    chosen: &ChosenArgs,
    global: &Global,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let ids = if chosen.all { Vec::new() } else { ids(chosen)? };
    let mut removed = Vec::new();
    {
        let notes = screen.notes();
        let watch = |line: &str| notes.line(lines(line));
        let wish = Wish { python: None, allow_outdated: false, stop, watch: &watch };
        if chosen.all {
            removed = lab.clear(wish)?;
        }
        for id in ids {
            if lab.remove(&id, wish)? {
                removed.push(id);
            } else {
                watch(&format!("{id} is not installed"));
            }
        }
    }
    if global.json {
        screen.json(&Removed { schema: SCHEMA, removed })?;
    } else {
        for name in removed {
            screen.print(text!("removed {}\n", name));
        }
    }
    Ok(ExitCode::Clean)
}
