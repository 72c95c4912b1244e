//! Readers that need an interpreter: of stubs, with Python's own parser, which runs nothing of them; and of a running
//! module, which is imported.
//!
//! No parser of Python in Rust is both kept up and built with our minimum Rust, and only the interpreter knows the
//! newest syntax. It parses in a process of its own, with limits of time and memory.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{CancelToken, EmptyDir};
use monowheel_system::python;
use serde::{Deserialize, Serialize};

use crate::surface::Surface;

/// The parts of one program, which is too long for a command line of Windows.
const STUB: &str =
    concat!(include_str!("stub/names.py"), include_str!("stub/reader.py"), include_str!("stub/modules.py"));
/// Runs the file that is its first argument.
const RUN_FILE: &str =
    "import sys; name = sys.argv.pop(1); exec(compile(open(name, encoding='utf-8').read(), name, 'exec'))";
const RUNNING: &str = include_str!("running.py");
/// The time for all stubs of a wheel, and for an import.
const LIMIT: Duration = Duration::from_secs(120);

/// A stub, or a file of Python.
#[derive(Clone, Debug, Serialize)]
pub struct PythonFile {
    /// The complete name of the module.
    pub name: String,
    /// Its path, as shown; it ends with `.pyi` for a stub.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Whether it is for a compiled module.
    pub is_native: bool,
}

/// The surface that stubs and files of Python state.
///
/// # Errors
/// [`ErrorKind::Tool`] if the interpreter does not answer; after a cancel. A file that is not Python is a note.
pub fn files(python: &Path, files: &[PythonFile], stop: &CancelToken) -> Result<Surface> {
    if files.is_empty() {
        return Ok(Surface::default());
    }
    let folder = EmptyDir::create()?;
    let (program, list) = (folder.path().join("stub.py"), folder.path().join("files.json"));
    fs_err::write(&program, STUB)?;
    fs_err::write(&list, serde_json::to_vec(files).unwrap_or_default())?;
    let printed = python::script(python, RUN_FILE)?.arg(&program).arg(&list).stdout(LIMIT, stop)?;
    serde_json::from_str(&printed).map_err(|error| unanswered(python, &error))
}

fn unanswered(python: &Path, error: &serde_json::Error) -> Error {
    Error::new(ErrorKind::Tool, format!("Python did not answer: {error}"))
        .at(python.display())
        .next("name another interpreter")
}

/// The answer of the import.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Failed { error: String },
    Found(Surface),
}

/// The surface of a module that is imported by `python`, with these directories before its own.
///
/// This runs the module. The caller has to have been asked for it.
///
/// # Errors
/// [`ErrorKind::Tool`] if it cannot be imported there, or ends the interpreter; after a cancel.
pub fn running(python: &Path, module: &str, paths: &[PathBuf], stop: &CancelToken) -> Result<Surface> {
    let mut call = python::script(python, RUNNING)?.arg(module);
    for path in paths {
        call = call.arg(path);
    }
    let printed = call.stdout(LIMIT, stop)?;
    match serde_json::from_str(&printed).map_err(|error| unanswered(python, &error))? {
        Answer::Found(surface) => Ok(surface),
        Answer::Failed { error } => Err(Error::new(ErrorKind::Tool, format!("{module} cannot be imported: {error}"))
            .at(python.display())
            .next("name an interpreter that has what it needs, or leave --run out to read without running")),
    }
}
