//# rule: event-loop-elsewhere warning
//# report: pyo3-async-runtimes#48
//# dependency: pyo3 = "0.28"
//# dependency: tokio = { version = "1", features = ["full"] }
//# dependency: pyo3-async-runtimes = { version = "0.28", features = ["tokio-runtime"] }
//# bad: async into future in spawn
use pyo3::prelude::*;
#[pyfunction]
fn start(coroutine: Py<PyAny>) {
    pyo3_async_runtimes::tokio::get_runtime().spawn(async move {
        let future = Python::attach(|py| pyo3_async_runtimes::tokio::into_future(coroutine.bind(py).call0()?))?;
        future.await
    });
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(start, m)?)?;
    Ok(())
}

//# good: async into future in spawn
use pyo3::prelude::*;
#[pyfunction]
fn start(py: Python<'_>, coroutine: Py<PyAny>) -> PyResult<()> {
    let locals = pyo3_async_runtimes::tokio::get_current_locals(py)?;
    pyo3_async_runtimes::tokio::get_runtime().spawn(async move {
        let future = Python::attach(|py| pyo3_async_runtimes::into_future_with_locals(&locals, coroutine.bind(py).call0()?))?;
        future.await
    });
    Ok(())
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(start, m)?)?;
    Ok(())
}

//# bad: async call soon from thread
use pyo3::prelude::*;
#[pyfunction]
fn notify(event_loop: Py<PyAny>, callback: Py<PyAny>) {
    std::thread::spawn(move || {
        Python::attach(|py| event_loop.call_method1(py, "call_soon", (callback,)).map(drop))
    });
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(notify, m)?)?;
    Ok(())
}

//# good: async call soon from thread
use pyo3::prelude::*;
#[pyfunction]
fn notify(event_loop: Py<PyAny>, callback: Py<PyAny>) {
    std::thread::spawn(move || {
        Python::attach(|py| event_loop.call_method1(py, "call_soon_threadsafe", (callback,)).map(drop))
    });
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(notify, m)?)?;
    Ok(())
}
