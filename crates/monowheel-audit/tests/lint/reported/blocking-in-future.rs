//# rule: blocking-in-future warning
//# report: pyo3-async-runtimes#19
//# dependency: pyo3 = "0.28"
//# dependency: tokio = { version = "1", features = ["full"] }
//# dependency: pyo3-async-runtimes = { version = "0.28", features = ["tokio-runtime"] }
//# bad: async blocking in future
use pyo3::prelude::*;
#[pyfunction]
fn pause(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    pyo3_async_runtimes::tokio::future_into_py(py, async move { std::thread::sleep(std::time::Duration::from_secs(1)); Ok(()) })
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(pause, m)?)?;
    Ok(())
}

//# good: async blocking in future
use pyo3::prelude::*;
#[pyfunction]
fn pause(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    pyo3_async_runtimes::tokio::future_into_py(py, async move { tokio::time::sleep(std::time::Duration::from_secs(1)).await; Ok(()) })
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(pause, m)?)?;
    Ok(())
}
