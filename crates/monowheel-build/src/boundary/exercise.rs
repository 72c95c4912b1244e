//! Runs `exercise.py` in the interpreter.

use std::path::PathBuf;
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, Sandbox, last_lines, signal};
use monowheel_system::python;
use serde::Serialize;

use super::Request;
use super::source::NAME;
use super::types::ProbeType;
use crate::isolated::prefix;
use crate::workspace::Workspace;

const SCRIPT: &str = include_str!("exercise.py");
/// How long all calls may take.
const LIMIT: Duration = Duration::from_secs(900);

/// A value that every type is called with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Value {
    /// The kind of value, such as `subclass of int`.
    pub kind: &'static str,
    /// An expression of Python.
    pub expression: &'static str,
}

/// The values of `values.tsv`.
#[must_use]
pub fn values() -> Vec<Value> {
    let rows = include_str!("values.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|row| row.split_once('\t')).map(|(kind, expression)| Value { kind, expression }).collect()
}

#[derive(Serialize)]
struct Work<'a> {
    types: &'a [&'a ProbeType],
    values: Vec<&'static str>,
    rounds: usize,
}

/// Where the module is.
pub(super) fn module(workspace: &Workspace) -> PathBuf {
    let end = if cfg!(windows) { "pyd" } else { "so" };
    workspace.path("module").join(format!("{NAME}.{end}"))
}

/// Calls the functions of these types, and returns the report.
pub(super) fn run(
    request: &Request<'_>,
    types: &[&ProbeType],
    workspace: &Workspace,
    stop: &CancelToken,
) -> Result<String> {
    let (folder, module) = (workspace.path("run"), workspace.path("module"));
    fs_err::create_dir_all(&folder)?;
    let [script, work, result] = ["exercise.py", "work.json", "result.json"].map(|name| folder.join(name));
    fs_err::write(&script, SCRIPT)?;
    let values = values().into_iter().map(|value| value.expression).collect();
    let wanted = Work { types, values, rounds: request.rounds };
    fs_err::write(&work, serde_json::to_string(&wanted).unwrap_or_default())?;
    if result.exists() {
        fs_err::remove_file(&result)?;
    }
    let call = python::clean(Call::new(request.python)).args(["-I", "-B", "-X", "utf8"]);
    let call = call.arg(&script).arg(&module).arg(&work).arg(&result).dir(&folder);
    let sandbox = prefix(request.python).iter().fold(Sandbox::default(), Sandbox::reads);
    let isolator = request.isolator;
    let call = isolator.apply(call, &sandbox.reads(&module).writes(&folder));
    let ended = call.capture(LIMIT, stop)?;
    if !ended.status.success() {
        let how = signal(&ended.status, isolator.is_on()).unwrap_or_else(|| ended.status.to_string());
        let what = format!("the calls ended with {how}\n{}", last_lines(&ended.stderr, 8));
        return Err(Error::new(ErrorKind::Tool, what)
            .at(request.python.display())
            .next("leave out types with --type NAME to find the one that ends them; another interpreter: --python"));
    }
    Ok(fs_err::read_to_string(&result)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_of_values_has_a_kind_and_an_expression() {
        let rows = include_str!("values.tsv").lines().filter(|line| !line.starts_with('#')).count();
        let values = values();
        assert_eq!(values.len(), rows);
        assert!(values.iter().all(|value| !value.kind.is_empty() && !value.expression.is_empty()));
        assert!(values.iter().any(|value| value.kind == "None"));
    }
}
