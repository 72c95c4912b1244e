//# rule: py-cloned-while-detached warning
//# report: topk#463
//# dependency: pyo3 = { version = "0.28", features = ["py-clone"] }
//# bad: clone in thread
use pyo3::prelude::*;
#[pyfunction]
fn start(callback: Py<PyAny>) { std::thread::spawn(move || { let one = callback.clone(); Python::attach(|py| one.call0(py).map(drop)) }); }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(start, m)?)?;
    Ok(())
}

//# good: clone in thread
use pyo3::prelude::*;
#[pyfunction]
fn start(callback: Py<PyAny>) { std::thread::spawn(move || { Python::attach(|py| { let one = callback.clone_ref(py); one.call0(py).map(drop) }) }); }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(start, m)?)?;
    Ok(())
}
