//# rule: block-on-while-attached warning
//# report: PyO3/pyo3#1305
//# dependency: pyo3 = { version = "0.28" }
//# dependency: tokio = { version = "1", features = ["full"] }
//# bad: block_on while attached; the spawned tasks attach
use pyo3::prelude::*;

#[pyfunction]
fn compute() -> i64 {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let task = tokio::spawn(async {
            Python::attach(|py| py.import("builtins")?.call_method1("sum", (vec![1, 2, 3],))?.extract::<i64>())
        });
        task.await.map_or(0, |sum| sum.unwrap_or(0))
    })
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(compute, m)?)?;
    Ok(())
}
//# good
use pyo3::prelude::*;

#[pyfunction]
fn compute(py: Python<'_>) -> i64 {
    py.detach(|| {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let task = tokio::spawn(async {
                Python::attach(|py| py.import("builtins")?.call_method1("sum", (vec![1, 2, 3],))?.extract::<i64>())
            });
            task.await.map_or(0, |sum| sum.unwrap_or(0))
        })
    })
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(compute, m)?)?;
    Ok(())
}
//# bad: block_in_place does not detach
#[pyfunction]
fn compute() -> u64 { tokio::task::block_in_place(|| runtime().block_on(work())) }
//# bad: the runtime of pyo3-async-runtimes
#[pyfunction]
fn compute(py: Python<'_>) -> PyResult<u64> { pyo3_async_runtimes::tokio::get_runtime().block_on(async move { work().await }) }
//# good: a future for Python
#[pyfunction]
fn compute(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> { pyo3_async_runtimes::tokio::future_into_py(py, async move { work().await }) }
