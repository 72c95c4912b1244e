//! The extension module `monowheel._monowheel`. The only code that uses PyO3.
#![allow(unsafe_code, reason = "pyo3's macros expand to unsafe code; there is none by hand")]
#![allow(clippy::needless_pass_by_value, reason = "pyo3 passes owned arguments")]

mod audit;
mod commands;
mod errors;
mod fleet;
mod types;

use std::ffi::OsString;
use std::path::PathBuf;

use monowheel_project::schema;
use pyo3::prelude::*;

use crate::cli::{Screen, run};

/// The module's contents.
#[pymodule]
mod _monowheel {
    #[pymodule_export]
    use super::audit::audit;
    #[pymodule_export]
    use super::commands::run_command;
    #[pymodule_export]
    use super::config_schema;
    #[pymodule_export]
    use super::errors::{FormatError, IncompleteError, MonowheelError, UsageError};
    #[pymodule_export]
    use super::fleet::{fleet_audit, fleet_build_environment, fleet_facts_revision, fleet_files};
    #[pymodule_export]
    use super::main;
    #[pymodule_export]
    use super::types::{AuditedFile, Finding, Report};

    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", monowheel_error::VERSION)
    }
}

/// Returns the JSON Schema of `[tool.monowheel]`, as JSON.
#[pyfunction]
fn config_schema() -> String {
    schema::of_configuration().to_string()
}

/// Runs the command line `argv` (without the program's name) and returns its exit code.
///
/// `python` is the interpreter in whose environment the tools are looked up. `fleet` is a command in Python: its
/// options are parsed here, and it runs when Python's own signal handlers are in place again.
#[pyfunction]
fn main(py: Python<'_>, argv: Vec<OsString>, python: Option<PathBuf>) -> PyResult<u8> {
    let mut screen = Screen::standard().with_python();
    // Other threads keep running, and Python's signal handlers are not waited for.
    let code = py.detach(|| run(&argv, python, &mut screen) as u8);
    match screen.handed_over() {
        Some(request) => py.import("monowheel.fleet.command")?.call_method1("run", (request,))?.extract(),
        None => Ok(code),
    }
}
