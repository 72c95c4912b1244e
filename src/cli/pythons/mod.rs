//! `monowheel pythons`.

pub(super) mod args;

use monowheel_error::text::{count, harmless};
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_system::exec::CancelToken;
use monowheel_test::lab::Runner;
use monowheel_test::trials::{self, Origin, Python, Pythons, Wanted};
use serde::Serialize;

use crate::cli::args::Global;
use crate::cli::prose::labelled;
use crate::cli::pythons::args::PythonsArgs;
use crate::cli::screen::{BAD, FAINT, Screen};
use crate::cli::table::Table;

/// The version of the JSON form.
const SCHEMA: &str = "monowheel.pythons/1";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    #[serde(flatten)]
    found: &'a Pythons,
}

pub(super) fn run(args: &PythonsArgs, global: &Global, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let found = trials::find(&args.named, stop)?;
    if global.json {
        screen.json(&Document { schema: SCHEMA, found: &found })?;
    } else {
        show(&found, screen);
    }
    // An interpreter that the user named has to work; another broken one is only a note.
    let is_named = |broken: &trials::Broken| broken.origin == Origin::Named;
    Ok(if found.broken.iter().any(is_named) { ExitCode::Incomplete } else { ExitCode::Clean })
}

fn show(found: &Pythons, screen: &mut Screen) {
    let mut rows = Table::new(&["version", "build", "platform", "libc", "runs", "from", "path"])
        .wrap(6, 24)
        .optional(&[3, 2, 5, 4, 1]);
    for python in &found.pythons {
        let about = &python.about;
        let build = match (about.free_threaded, about.debug) {
            (false, false) => "",
            (true, false) => "free-threaded",
            (false, true) => "debug",
            (true, true) => "free-threaded, debug",
        };
        let libc = about.libc.as_ref().map_or_else(String::new, |(name, version)| format!("{name} {version}"));
        let version = if about.implementation == "cpython" {
            about.release.clone()
        } else {
            format!("{} {}", about.implementation, about.release)
        };
        rows.row([
            &version,
            &build,
            &about.platform,
            &libc,
            &python.runner.word(),
            &python.origin.word(),
            &python.path.display(),
        ]);
    }
    screen.print(rows.text(screen.width()));
    for broken in &found.broken {
        let said = format!("{}: {}", broken.path.display(), broken.why);
        screen.print(labelled(&text!("{} ", BAD.paint("broken")), &harmless(&said), screen.width()));
    }
    let unfit = found.pythons.iter().filter(|python| python.about.unfit().is_some()).count();
    let rest = if unfit == 0 { String::new() } else { format!(", {unfit} of them not used for tests") };
    screen.print(text!(
        "\n{}\n",
        FAINT.paint(text!(
            "{}{}; `monowheel lab list` shows more that you can install",
            count(found.pythons.len(), "interpreter"),
            rest
        ))
    ));
}

/// The interpreters to run something on: those that were named, or one of each kind (`all`: every one); optionally only
/// native ones.
///
/// # Errors
/// [`ErrorKind::Usage`] when a named one is missing or does not work.
pub(super) fn chosen<'a>(wanted: &[Wanted], found: &'a Pythons, all: bool, native: bool) -> Result<Vec<&'a Python>> {
    let all: Vec<&Python> = if all { found.pythons.iter().collect() } else { found.one_of_each() };
    for one in wanted {
        let broken = found.broken.iter().find(|broken| one.path().as_deref() == Some(&broken.path));
        if broken.is_none() && all.iter().any(|python| one.is(python)) {
            continue;
        }
        let error = Error::new(
            ErrorKind::Usage,
            match broken {
                Some(broken) => format!("this interpreter does not work: {}", broken.why),
                None => "no such interpreter on this machine".to_owned(),
            },
        );
        return Err(error.at(one).next(match one.recipe() {
            Some(recipe) => format!("run monowheel lab get {}; monowheel pythons lists the installed ones", recipe.id),
            None => {
                "run monowheel pythons to list the installed interpreters, monowheel lab list for those you can install"
                    .to_owned()
            }
        }));
    }
    let is_wanted = |python: &&Python| wanted.is_empty() || wanted.iter().any(|one| one.is(python));
    let is_native = |python: &&Python| !native || python.runner == Runner::Native;
    Ok(all.into_iter().filter(is_wanted).filter(is_native).collect())
}
