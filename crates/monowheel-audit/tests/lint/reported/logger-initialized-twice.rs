//# rule: panic-in-binding warning
//# report: zenoh-python#61, flatterer#66
//# bad: a function
use pyo3::prelude::*;
#[pyfunction]
fn init_logger() { env_logger::init(); }
#[pymodule]
mod demo { #[pymodule_export] use super::init_logger; }
//# bad: a builder
use env_logger::{Builder, Env};
use pyo3::prelude::*;
#[pyfunction]
fn init_logger(level: &str) {
    Builder::from_env(Env::default().default_filter_or(level)).format_timestamp(None).init();
}
#[pymodule]
mod demo { #[pymodule_export] use super::init_logger; }
//# bad: a constructor, with another crate
use pyo3::prelude::*;
#[pyclass(frozen)]
struct Engine {}
#[pymethods]
impl Engine {
    #[new]
    fn new() -> Self {
        tracing_subscriber::fmt().with_target(false).init();
        Self {}
    }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Engine; }
//# good: once, or tried
use pyo3::prelude::*;
use std::sync::Once;
static ONCE: Once = Once::new();
#[pyfunction]
fn init_logger() { let _ = env_logger::try_init(); }
#[pyfunction]
fn init_tracing() { ONCE.call_once(|| tracing_subscriber::fmt().init()); }
struct Own;
impl Own { fn init(&self) {} }
#[pyfunction]
fn init_own() { Own.init(); }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    env_logger::init();
    m.add_function(wrap_pyfunction!(init_logger, m)?)?;
    m.add_function(wrap_pyfunction!(init_tracing, m)?)?;
    m.add_function(wrap_pyfunction!(init_own, m)?)
}
