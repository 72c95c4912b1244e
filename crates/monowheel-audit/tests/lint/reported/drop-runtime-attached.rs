//# rule: blocking-call-while-attached warning
//# report: emmett-framework/granian#876
//# dependency: pyo3 = { version = "0.28" }
//# dependency: tokio = { version = "1", features = ["full"] }
//# bad: dropping a tokio runtime joins its threads, and one waits for the GIL
use pyo3::prelude::*;

#[pyfunction]
fn serve(py: Python<'_>, callback: Py<PyAny>) -> PyResult<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.spawn(async move { Python::attach(|py| callback.call0(py).map(drop)) });
    py.check_signals()?;
    drop(runtime);
    Ok(())
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(serve, m)?)?;
    Ok(())
}
//# good
use pyo3::prelude::*;

#[pyfunction]
fn serve(py: Python<'_>, callback: Py<PyAny>) -> PyResult<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.spawn(async move { Python::attach(|py| callback.call0(py).map(drop)) });
    py.check_signals()?;
    py.detach(|| drop(runtime));
    Ok(())
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(serve, m)?)?;
    Ok(())
}
//# bad: a runtime that a builder makes
#[pyfunction]
fn serve() { let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap(); drop(runtime) }
//# bad: a runtime in a field is taken out and dropped
#[pyclass]
struct Server { runtime: Option<tokio::runtime::Runtime> }
#[pymethods]
impl Server {
    fn close(&mut self) { drop(self.runtime.take()) }
}
//# good: a runtime is told to end in the background
#[pyclass]
struct Server { runtime: Option<tokio::runtime::Runtime> }
#[pymethods]
impl Server {
    fn close(&mut self) { if let Some(runtime) = self.runtime.take() { runtime.shutdown_background() } }
}
