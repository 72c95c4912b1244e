//! Runs `exercise.py` in the interpreter.

use std::path::PathBuf;
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, Sandbox, last_lines, signal};
use monowheel_system::python;
use serde::Serialize;

use super::crates;
use super::source::NAME;
use super::types::{Direction, ProbeType};
use super::{Missing, Request};
use crate::isolated::prefix;
use crate::workspace::Workspace;

const SCRIPT: &str = include_str!("exercise.py");
/// Prints the directory from which each module is imported.
const WHERE: &str = "import importlib, os, sys
for name in sys.argv[1:]:
    print(os.path.dirname(os.path.dirname(os.path.abspath(importlib.import_module(name).__file__))))";
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

/// The values of `values.tsv` that types are called with: those of a module only if one of the types needs it.
#[must_use]
pub fn values(types: &[&'static ProbeType]) -> Vec<Value> {
    let modules = modules(types);
    let is_there = |(kind, _): &(&str, &str)| {
        let first = kind.split(' ').next().unwrap_or_default();
        crates::module(first).is_none_or(|module| modules.contains(&module))
    };
    let rows = include_str!("values.tsv").lines().filter(|line| !line.starts_with('#'));
    let rows = rows.filter_map(|row| row.split_once('\t')).filter(is_there);
    rows.map(|(kind, expression)| Value { kind, expression }).collect()
}

/// The modules of Python that the values need.
fn modules(types: &[&'static ProbeType]) -> Vec<&'static str> {
    crates::of(types).into_iter().filter_map(|one| one.module).collect()
}

/// A type as `exercise.py` needs it.
#[derive(Serialize)]
struct Called {
    #[serde(rename = "type")]
    ty: &'static str,
    number: usize,
    value: Option<&'static str>,
    control: Option<&'static str>,
    is_argument: bool,
    is_result: bool,
}

#[derive(Serialize)]
struct Work {
    types: Vec<Called>,
    values: Vec<&'static str>,
    /// Modules of Python that the expressions need, and where they are.
    modules: Vec<&'static str>,
    paths: Vec<PathBuf>,
    rounds: usize,
}

/// The directories of these modules. The interpreter is asked as it was named: one of a virtual environment stands for the
/// one that the environment was made with, which does not have its packages.
fn paths(modules: &[&str], request: &Request<'_>, stop: &CancelToken) -> Result<Vec<PathBuf>> {
    if modules.is_empty() {
        return Ok(Vec::new());
    }
    let said = python::script(&request.named, WHERE)?.args(modules).stdout(LIMIT, stop).map_err(|error| {
        Error::new(
            ErrorKind::Usage,
            format!("{} cannot be imported\n{}", modules.join(", "), last_lines(error.what(), 2)),
        )
        .at(request.named.display())
        .next(format!("install {} for it, or name another interpreter with --python", modules.join(", ")))
    })?;
    Ok(said.lines().map(PathBuf::from).collect())
}

/// Where the module is.
pub(super) fn module(workspace: &Workspace) -> PathBuf {
    let end = if cfg!(windows) { "pyd" } else { "so" };
    workspace.path("module").join(format!("{NAME}.{end}"))
}

/// A type without its missing directions; none if nothing is left.
fn called(one: &'static ProbeType, missing: &[Missing]) -> Option<Called> {
    let is_there = |wanted: Direction| {
        let is_gone = missing.iter().any(|gone| gone.ty == one.ty && gone.way == wanted);
        !is_gone && one.parts().any(|(_, direction)| direction == wanted)
    };
    let (is_argument, is_result) = (is_there(Direction::Argument), is_there(Direction::Result));
    let value = one.value.filter(|_| is_argument);
    let found = Called { ty: one.ty, number: one.number, value, control: one.control, is_argument, is_result };
    (is_argument || is_result).then_some(found)
}

/// Calls the functions of the types that are not missing, and returns the report.
pub(super) fn run(
    request: &Request<'_>,
    missing: &[Missing],
    workspace: &Workspace,
    stop: &CancelToken,
) -> Result<String> {
    let (folder, module) = (workspace.path("run"), workspace.path("module"));
    fs_err::create_dir_all(&folder)?;
    let [script, work, result] = ["exercise.py", "work.json", "result.json"].map(|name| folder.join(name));
    fs_err::write(&script, SCRIPT)?;
    let types = request.types.iter().filter_map(|one| called(one, missing)).collect();
    let values = values(&request.types).into_iter().map(|value| value.expression).collect();
    let modules = modules(&request.types);
    let paths = paths(&modules, request, stop)?;
    let wanted = Work { types, values, modules, paths: paths.clone(), rounds: request.rounds };
    fs_err::write(&work, serde_json::to_string(&wanted).unwrap_or_default())?;
    if result.exists() {
        fs_err::remove_file(&result)?;
    }
    let call = python::clean(Call::new(request.python)).args(["-I", "-B", "-X", "utf8"]);
    let call = call.arg(&script).arg(&module).arg(&work).arg(&result).dir(&folder);
    let sandbox = prefix(request.python).iter().fold(Sandbox::default(), Sandbox::reads);
    let sandbox = paths.iter().fold(sandbox, Sandbox::reads);
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
    use super::super::types::chosen;
    use super::*;

    #[test]
    fn a_direction_that_is_missing_is_not_called() {
        let [one] = chosen(&["Bound<PyInt>".to_owned()], &[]).unwrap()[..] else { panic!() };
        let gone = |way| Missing { ty: one.ty.to_owned(), way, why: String::new(), needs_floor: None };
        let left = called(one, &[gone(Direction::Result)]).unwrap();
        assert!(left.is_argument && !left.is_result && left.value.is_some());
        let left = called(one, &[gone(Direction::Argument)]).unwrap();
        assert!(!left.is_argument && left.is_result && left.value.is_none());
        assert!(called(one, &[gone(Direction::Argument), gone(Direction::Result)]).is_none());
    }

    #[test]
    fn each_row_of_values_has_a_kind_and_an_expression() {
        let rows = include_str!("values.tsv").lines().filter(|line| !line.starts_with('#')).count();
        let values = values(&chosen(&[], &["numpy".to_owned()]).unwrap());
        assert_eq!(values.len(), rows);
        assert!(values.iter().all(|value| !value.kind.is_empty() && !value.expression.is_empty()));
        assert!(values.iter().any(|value| value.kind == "None"));
        let without = super::values(&chosen(&[], &[]).unwrap());
        assert!(without.len() < rows && without.iter().all(|value| !value.expression.contains("numpy")));
    }
}
