//! The checks of an installed wheel, each in a separate process.

use std::process::ExitStatus;
use std::time::{Duration, Instant};

use monowheel_audit::test_report::{Check, Outcome};
use monowheel_build::isolated::top;
use monowheel_error::{ErrorKind, Result};
use monowheel_system::exec::{CancelToken, Captured, last_lines, signal};
use monowheel_system::foreign_file;
use serde::Deserialize;

use crate::trials::environment::Environment;
use crate::trials::settings::{self, Settings};

/// The script that runs inside: one for every check except the project's command.
const CHECK: &str = include_str!("check.py");
/// Native time limit of an import; a watchdog inside the process prints the traces of a hang.
const IMPORT: Duration = Duration::from_secs(60);
/// Additional time until the process is ended from outside.
const GRACE: Duration = Duration::from_secs(15);
/// Default native time limit of the project's command.
const COMMAND: Duration = Duration::from_secs(600);
/// More bytes than check.py writes.
const RESULT: u64 = 1 << 16;
/// Enough of a trace to see where it broke.
const TAIL: usize = 40;

/// The checks without configuration, with the Python options of each.
const KINDS: [(&str, &[&str]); 4] = [("import", &[]), ("again", &[]), ("subinterpreter", &[]), ("dev", &["-X", "dev"])];

/// The result that check.py writes at its end.
#[derive(Deserialize)]
struct Told {
    refused: Option<String>,
    gil: bool,
}

/// Runs every check; if the import fails, skips the others.
///
/// # Errors
/// When a process cannot be started, or after Ctrl-C.
pub(super) fn all(
    environment: &Environment<'_>,
    modules: &[String],
    settings: &Settings,
    stop: &CancelToken,
) -> Result<Vec<Check>> {
    let modules = settings.table.import.as_deref().unwrap_or(modules);
    let mut checks = Vec::new();
    for (name, options) in KINDS {
        if modules.is_empty() {
            break;
        }
        let check = inside(environment, (name, options), modules, settings, stop)?;
        let ended = check.name == "import" && check.outcome == Outcome::Failed;
        checks.push(check);
        if ended {
            return Ok(checks);
        }
    }
    if let Some(line) = &settings.table.command {
        checks.push(command(environment, line, settings, stop)?);
    }
    Ok(checks)
}

/// A check of check.py.
fn inside(
    environment: &Environment<'_>,
    (name, options): (&str, &[&str]),
    modules: &[String],
    settings: &Settings,
    stop: &CancelToken,
) -> Result<Check> {
    let start = Instant::now();
    let folder = environment.empty()?;
    let (script, result) = (folder.path().join("check.py"), folder.path().join("result.json"));
    fs_err::write(&script, CHECK)?;
    let limit = limit(settings, IMPORT).min(IMPORT) * environment.python.patience();
    let call = environment.call().arg("-I").args(options).arg(&script).arg(name).arg(&result);
    let call = call.arg(limit.as_secs().to_string()).args(modules).dir(folder.path());
    let call = environment.isolated(call, &[], &[folder.path()])?;
    let ended = match call.capture(limit + GRACE, stop) {
        Ok(ended) => ended,
        Err(error) if error.kind() == ErrorKind::Tool => {
            return Ok(check(name, Outcome::Failed, error.what().to_owned(), start));
        }
        Err(error) => return Err(error),
    };
    environment.note(&format!("$ {}\n{}{}[{}]", call.shell_line(), ended.stdout, ended.stderr, ended.status))?;
    let told = foreign_file::read(&result, RESULT).ok().and_then(|text| serde_json::from_slice::<Told>(&text).ok());
    let (outcome, said) = match told {
        Some(told) if ended.status.success() => match told.refused {
            Some(why) => (Outcome::Refused, why),
            None if !ended.stderr.trim().is_empty() => (Outcome::Noisy, last_lines(&ended.stderr, TAIL)),
            None if environment.python.about.free_threaded && told.gil => {
                (Outcome::Noisy, "the import enabled the GIL".to_owned())
            }
            None => (Outcome::Passed, String::new()),
        },
        _ => (
            Outcome::Failed,
            format!("{}\n{}", ended_how(&ended, environment.is_isolated()), last_lines(&ended.stderr, TAIL)),
        ),
    };
    Ok(check(name, outcome, said, start))
}

/// The project's command.
fn command(environment: &Environment<'_>, line: &str, settings: &Settings, stop: &CancelToken) -> Result<Check> {
    let start = Instant::now();
    let folder = environment.empty()?;
    let project = settings.project.as_deref().unwrap_or(folder.path());
    let words = settings::words(line)?;
    let words: Vec<String> = words.iter().map(|word| word.replace("{project}", &project.to_string_lossy())).collect();
    let call = environment.command(&words).dir(folder.path());
    let call = environment.isolated(call, &[&top(project)], &[folder.path()])?;
    let limit = limit(settings, COMMAND) * environment.python.patience();
    let mut log = fs_err::OpenOptions::new().append(true).create(true).open(environment.log())?;
    let mut tail = std::collections::VecDeque::new();
    let ended = call.logged_within(Some(limit), &mut log, stop, &mut |line| {
        if tail.len() == TAIL {
            tail.pop_front();
        }
        tail.push_back(line.to_owned());
    });
    let printed = last_lines(&Vec::from(tail).join("\n"), TAIL);
    let (outcome, said) = match ended {
        Ok(status) if status.success() => (Outcome::Passed, left_out(&printed)),
        Ok(status) => {
            let is_isolated = environment.is_isolated();
            let hint = if is_isolated {
                "\nit ran without network and home directory; use --isolation off to run it as you"
            } else {
                ""
            };
            (Outcome::Failed, format!("{}\n{printed}{hint}", how(&status, is_isolated)))
        }
        Err(error) if error.kind() == ErrorKind::Tool => (Outcome::Failed, format!("{}\n{printed}", error.what())),
        Err(error) => return Err(error),
    };
    Ok(check("command", outcome, said, start))
}

/// The skipped tests reported by the lab's Pyodide plugin: `monowheel: 2 skipped: Pyodide has no threads`.
fn left_out(printed: &str) -> String {
    let lines = printed.lines().filter_map(|line| line.strip_prefix("monowheel: "));
    lines.collect::<Vec<_>>().join("; ")
}

/// The configured limit, else the default.
fn limit(settings: &Settings, usual: Duration) -> Duration {
    settings.table.time_limit.map_or(usual, Duration::from_secs)
}

fn check(name: &str, outcome: Outcome, said: String, start: Instant) -> Check {
    Check { name: name.to_owned(), outcome, said, seconds: start.elapsed().as_secs_f64() }
}

/// How a failed check ended, in words.
fn ended_how(ended: &Captured, is_isolated: bool) -> String {
    // The watchdog inside prints this before it ends the process (faulthandler.dump_traceback_later).
    if ended.stderr.lines().any(|line| line.starts_with("Timeout (")) {
        return "timed out".to_owned();
    }
    how(&ended.status, is_isolated)
}

/// `killed by SIGSEGV`, `exit status 1`.
fn how(status: &ExitStatus, is_isolated: bool) -> String {
    if let Some(name) = signal(status, is_isolated) {
        return format!("killed by {name}");
    }
    status.code().map_or_else(
        || status.to_string(),
        // qemu and shells report a signal like this.
        |code| {
            if code > 128 {
                format!("exit status {code} (128 + signal {})", code - 128)
            } else {
                format!("exit status {code}")
            }
        },
    )
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use monowheel_system::exec::Call;

    use super::*;

    /// The result of check.py for the module `m` with this code.
    fn told(code: &str) -> Result<(ExitStatus, Option<Told>)> {
        let folder = tempfile::tempdir()?;
        let path = |name: &str| folder.path().join(name);
        fs_err::write(path("check.py"), CHECK)?;
        fs_err::write(path("m.py"), code)?;
        let call = Call::new("python3").arg(path("check.py")).arg("again").arg(path("result.json")).args(["60", "m"]);
        let ended = call.dir(folder.path()).capture(Duration::from_secs(60), &CancelToken::default())?;
        Ok((ended.status, fs_err::read(path("result.json")).ok().and_then(|text| serde_json::from_slice(&text).ok())))
    }

    /// A module that sets per-process state, like an extension that sets Rust's global logger; PyO3's exception for a
    /// panic is no `Exception`.
    const ONCE: &str = "import sys\nclass PanicException(BaseException): pass\nif hasattr(sys, 'set_once'):\n    raise \
                        PanicException('a logger is set')\nsys.set_once = True\n";

    #[test]
    fn a_panic_at_the_second_import_is_a_refusal_and_at_the_first_a_failure() -> Result<()> {
        let (status, told_of_it) = told(ONCE)?;
        let refused = told_of_it.and_then(|told| told.refused);
        assert!(status.success());
        assert_eq!(refused.as_deref(), Some("PanicException: a logger is set"));
        let (status, told_of_it) =
            told("class PanicException(BaseException): pass\nraise PanicException('at once')\n")?;
        assert!(!status.success() && told_of_it.is_none());
        let (status, told_of_it) = told("")?;
        assert!(status.success() && told_of_it.is_some_and(|told| told.refused.is_none()));
        Ok(())
    }

    #[test]
    fn ends_in_words() {
        assert_eq!(how(&ExitStatus::from_raw(11), false), "killed by SIGSEGV");
        assert_eq!(how(&ExitStatus::from_raw(1 << 8), true), "exit status 1");
        assert_eq!(how(&ExitStatus::from_raw(139 << 8), false), "exit status 139 (128 + signal 11)");
        assert_eq!(how(&ExitStatus::from_raw(139 << 8), true), "killed by SIGSEGV");
    }
}
