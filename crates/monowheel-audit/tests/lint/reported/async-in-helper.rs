//# rule: async-without-runtime warning
//# report: pyo3#1632
//# dependency: pyo3 = "0.28"
//# dependency: tokio = { version = "1", features = ["full"] }
//# dependency: pyo3-async-runtimes = { version = "0.28", features = ["tokio-runtime"] }
//# bad: async tokio sleep alias
use pyo3::prelude::*;
use tokio::time::{self, Duration};
#[pyfunction]
async fn pause() { time::sleep(Duration::from_secs(1)).await; }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(pause, m)?)?;
    Ok(())
}

//# good: async tokio sleep alias
use pyo3::prelude::*;
use tokio::time::{self, Duration};
#[pyfunction]
fn pause(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> { pyo3_async_runtimes::tokio::future_into_py(py, async { time::sleep(Duration::from_secs(1)).await; Ok(()) }) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(pause, m)?)?;
    Ok(())
}

//# bad: async reqwest in async fn
use pyo3::prelude::*;
#[pyfunction]
async fn wait_a_bit() -> u64 { helper().await }
async fn helper() -> u64 { tokio::time::sleep(std::time::Duration::from_secs(1)).await; 1 }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(wait_a_bit, m)?)?;
    Ok(())
}

//# good: async reqwest in async fn
use pyo3::prelude::*;
#[pyfunction]
fn wait_a_bit(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> { pyo3_async_runtimes::tokio::future_into_py(py, async { Ok(helper().await) }) }
async fn helper() -> u64 { tokio::time::sleep(std::time::Duration::from_secs(1)).await; 1 }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(wait_a_bit, m)?)?;
    Ok(())
}
