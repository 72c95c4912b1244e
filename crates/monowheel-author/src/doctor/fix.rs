//! Runs the fixes: each command once, in order, with its output as it comes.

use monowheel_error::{ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, last_lines};
use serde::Serialize;

use crate::doctor::check::Fix;

/// A command that `--fix` ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FixRun {
    /// The command.
    pub command: String,
    /// Whether it succeeded.
    pub done: bool,
    /// The end of its output, if it failed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub said: String,
}

/// Runs the commands one after the other, even if one fails. `on_line` gets each command before it runs (after `$ `)
/// and every line that it prints.
///
/// # Errors
/// After `stop`; the running command has then been ended.
pub fn all(fixes: &[&Fix], stop: &CancelToken, on_line: &mut dyn FnMut(&str)) -> Result<Vec<FixRun>> {
    fixes.iter().map(|fix| one(fix, stop, on_line)).collect()
}

fn one(fix: &Fix, stop: &CancelToken, on_line: &mut dyn FnMut(&str)) -> Result<FixRun> {
    stop.check()?;
    on_line(&format!("$ {}", fix.command));
    let ended = |done, said: String| FixRun { command: fix.command.clone(), done, said };
    let Some((program, words)) = fix.words.split_first().filter(|_| fix.by_fix) else {
        return Ok(ended(false, "not a command".to_owned()));
    };
    let call = Call::new(program).args(words);
    // `python -m pip` would import what is in the current directory.
    let mut call = match &fix.dir {
        Some(dir) => call.dir(dir),
        None => call.in_empty_dir()?,
    };
    if let Some(environment) = &fix.environment {
        call = call.env("VIRTUAL_ENV", environment);
    }
    let mut said = String::new();
    let status = call.logged(&mut std::io::sink(), stop, &mut |line| {
        said = format!("{said}{line}\n");
        on_line(line);
    });
    match status {
        Ok(status) if status.success() => Ok(ended(true, String::new())),
        Ok(status) => Ok(ended(false, format!("it failed with {status}\n{}", last_lines(&said, 6)))),
        Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
        Err(error) => Ok(ended(false, error.what().to_owned())),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn one_that_fails_is_told_and_hinders_no_other() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("a folder ").tempdir()?;
        let fails = Fix::run(&["sh", "-c", "echo first; echo why >&2; exit 3"]);
        let missing = Fix::run(&["/no/such/tool"]);
        let works = Fix::run(&["sh", "-c", "echo $VIRTUAL_ENV > made"]).active(dir.path()).within(dir.path());
        let advice = Fix::told("think");
        let mut lines = Vec::new();
        let runs = all(&[&fails, &missing, &works, &advice], &CancelToken::default(), &mut |line| {
            lines.push(line.to_owned());
        })?;
        let done: Vec<bool> = runs.iter().map(|one| one.done).collect();
        assert_eq!(done, [false, false, true, false]);
        assert!(runs[0].said.contains("why") && runs[1].said.contains("could not be started"), "{runs:?}");
        assert_eq!(fs_err::read_to_string(dir.path().join("made"))?.trim(), dir.path().to_string_lossy());
        assert!(lines[0].starts_with("$ sh -c") && lines.iter().any(|line| line == "why"), "{lines:?}");
        Ok(())
    }

    #[test]
    fn a_stop_ends_it() {
        let stop = CancelToken::default();
        stop.set();
        let error = all(&[&Fix::run(&["true"])], &stop, &mut |_| {}).err();
        assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Interrupted));
    }
}
