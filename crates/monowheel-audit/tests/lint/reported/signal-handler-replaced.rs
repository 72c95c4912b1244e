//# rule: signal-handler-replaced warning
//# report: baml#1238
//# bad: a function
use pyo3::prelude::*;
#[pyfunction]
fn serve() -> PyResult<()> {
    ctrlc::set_handler(|| std::process::exit(130)).map_err(|e| pyo3::exceptions::PyOSError::new_err(e.to_string()))
}
#[pymodule]
mod demo { #[pymodule_export] use super::serve; }
//# bad: in the module, and by libc
use pyo3::prelude::*;
#[pymodule]
fn demo(_m: &Bound<'_, PyModule>) -> PyResult<()> {
    unsafe { libc::signal(libc::SIGINT, libc::SIG_DFL) };
    Ok(())
}
//# bad: in a helper
use pyo3::prelude::*;
fn stop_early() { ctrlc::set_handler(|| ()).ok(); }
#[pyfunction]
fn serve() { stop_early(); }
#[pymodule]
mod demo { #[pymodule_export] use super::serve; }
//# good: Python's handlers run
use pyo3::prelude::*;
#[pyfunction]
fn serve(py: Python<'_>) -> PyResult<()> {
    loop { py.check_signals()?; py.detach(|| std::thread::sleep(std::time::Duration::from_millis(50))); }
}
#[pyfunction]
fn ignore_pipes() { unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) }; }
#[pymodule]
mod demo { #[pymodule_export] use super::{ignore_pipes, serve}; }
