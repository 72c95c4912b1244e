//# rule: interrupt-swallowed note
//# report: PyO3/pyo3#5457
//# dependency: pyo3 = { version = "0.28" }
//# bad: any error of a callback is taken for "no": KeyboardInterrupt and SystemExit are lost
use pyo3::prelude::*;

#[pyfunction]
fn first_that_works(py: Python<'_>, functions: Vec<Py<PyAny>>) -> Option<Py<PyAny>> {
    for function in functions {
        if let Ok(value) = function.call0(py) {
            return Some(value);
        }
    }
    None
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(first_that_works, m)?)?;
    Ok(())
}
//# good
use pyo3::prelude::*;

use pyo3::exceptions::PyException;

#[pyfunction]
fn first_that_works(py: Python<'_>, functions: Vec<Py<PyAny>>) -> PyResult<Option<Py<PyAny>>> {
    for function in functions {
        match function.call0(py) {
            Ok(value) => return Ok(Some(value)),
            Err(error) if error.is_instance_of::<PyException>(py) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(first_that_works, m)?)?;
    Ok(())
}
//# bad: a match
#[pyfunction]
fn first(py: Python<'_>, functions: Vec<Py<PyAny>>) -> u32 {
    let mut count = 0;
    for function in functions { match function.call1(py, (1,)) { Ok(_) => count += 1, Err(_) => continue } }
    count
}
//# bad: ok() and unwrap_or_default
#[pyfunction]
fn name(object: &Bound<'_, PyAny>) -> bool { object.call_method0("name").ok().is_some() }
//# bad: the error is thrown away by let _
#[pyfunction]
fn close(object: &Bound<'_, PyAny>) { let _ = object.call_method0("close"); }
//# good: it is passed on
#[pyfunction]
fn close(object: &Bound<'_, PyAny>) -> PyResult<()> { object.call_method0("close").map(drop) }
//# good: it is reported
#[pyfunction]
fn close(object: &Bound<'_, PyAny>) { if let Err(error) = object.call_method0("close") { error.write_unraisable(object.py(), None); } }
