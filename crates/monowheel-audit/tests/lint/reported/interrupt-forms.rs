//# rule: interrupt-swallowed note
//# report: pyo3#5457
//# dependency: pyo3 = "0.28"
//# bad: ki check signals dropped
use pyo3::prelude::*;
#[pyfunction]
fn spin(py: Python<'_>, n: u64) -> u64 { let mut x = 0; for i in 0..n { let _ = py.check_signals(); x ^= i; } x }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(spin, m)?)?;
    Ok(())
}

//# good: ki check signals dropped
use pyo3::prelude::*;
#[pyfunction]
fn spin(py: Python<'_>, n: u64) -> PyResult<u64> { let mut x = 0; for i in 0..n { py.check_signals()?; x ^= i; } Ok(x) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(spin, m)?)?;
    Ok(())
}

//# bad: ki check signals break
use pyo3::prelude::*;
#[pyfunction]
fn spin(py: Python<'_>, n: u64) -> u64 { let mut x = 0; for i in 0..n { if py.check_signals().is_err() { break; } x ^= i; } x }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(spin, m)?)?;
    Ok(())
}

//# good: ki check signals break
use pyo3::prelude::*;
#[pyfunction]
fn spin(py: Python<'_>, n: u64) -> PyResult<u64> { let mut x = 0; for i in 0..n { py.check_signals()?; x ^= i; } Ok(x) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(spin, m)?)?;
    Ok(())
}

//# bad: ki print and continue
use pyo3::prelude::*;
#[pyfunction]
fn each(py: Python<'_>, items: Vec<u64>, callback: Py<PyAny>) { for item in items { if let Err(error) = callback.call1(py, (item,)) { error.print(py); } } }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(each, m)?)?;
    Ok(())
}

//# good: ki print and continue
use pyo3::prelude::*;
#[pyfunction]
fn each(py: Python<'_>, items: Vec<u64>, callback: Py<PyAny>) -> PyResult<()> { for item in items { if let Err(error) = callback.call1(py, (item,)) { if !error.is_instance_of::<pyo3::exceptions::PyException>(py) { return Err(error); } error.print(py); } } Ok(()) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(each, m)?)?;
    Ok(())
}

//# bad: ki match err log
use pyo3::prelude::*;
#[pyfunction]
fn each(py: Python<'_>, items: Vec<u64>, callback: Py<PyAny>) -> u64 { let mut failed = 0; for item in items { match callback.call1(py, (item,)) { Ok(_) => {} Err(error) => { eprintln!("{error}"); failed += 1; } } } failed }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(each, m)?)?;
    Ok(())
}

//# good: ki match err log
use pyo3::prelude::*;
#[pyfunction]
fn each(py: Python<'_>, items: Vec<u64>, callback: Py<PyAny>) -> PyResult<u64> { let mut failed = 0; for item in items { match callback.call1(py, (item,)) { Ok(_) => {} Err(error) if error.is_instance_of::<pyo3::exceptions::PyException>(py) => { failed += 1; } Err(error) => return Err(error) } } Ok(failed) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(each, m)?)?;
    Ok(())
}

//# bad: ki unwrap or else
use pyo3::prelude::*;
#[pyfunction]
fn ask(py: Python<'_>, callback: Py<PyAny>) -> Py<PyAny> { callback.call0(py).unwrap_or_else(|_| py.None()) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(ask, m)?)?;
    Ok(())
}

//# good: ki unwrap or else
use pyo3::prelude::*;
#[pyfunction]
fn ask(py: Python<'_>, callback: Py<PyAny>) -> PyResult<Py<PyAny>> { callback.call0(py) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(ask, m)?)?;
    Ok(())
}

//# bad: ki map err
use pyo3::prelude::*;
#[pyfunction]
fn ask(py: Python<'_>, callback: Py<PyAny>) -> PyResult<Py<PyAny>> { callback.call0(py).map_err(|_| pyo3::exceptions::PyRuntimeError::new_err("the callback failed")) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(ask, m)?)?;
    Ok(())
}

//# good: ki map err
use pyo3::prelude::*;
#[pyfunction]
fn ask(py: Python<'_>, callback: Py<PyAny>) -> PyResult<Py<PyAny>> { callback.call0(py).map_err(|error| { let new = pyo3::exceptions::PyRuntimeError::new_err("the callback failed"); new.set_cause(py, Some(error)); new }) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(ask, m)?)?;
    Ok(())
}

//# bad: ki in attach
use pyo3::prelude::*;
#[pyfunction]
fn drive(py: Python<'_>, callback: Py<PyAny>) -> u64 { py.detach(|| { let mut n = 0; loop { let go_on = Python::attach(|py| callback.call0(py).and_then(|it| it.extract::<bool>(py)).unwrap_or(true)); n += 1; if !go_on { return n; } } }) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(drive, m)?)?;
    Ok(())
}

//# good: ki in attach
use pyo3::prelude::*;
#[pyfunction]
fn drive(py: Python<'_>, callback: Py<PyAny>) -> PyResult<u64> { py.detach(|| { let mut n = 0; loop { let go_on = Python::attach(|py| callback.call0(py).and_then(|it| it.extract::<bool>(py)))?; n += 1; if !go_on { return Ok(n); } } }) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(drive, m)?)?;
    Ok(())
}
