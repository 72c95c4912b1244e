use pyo3::ffi;
use pyo3::prelude::*;

#[pyfunction]
fn first<'py>(py: Python<'py>, list: &Bound<'py, PyAny>) -> Bound<'py, PyAny> {
    unsafe { Bound::from_owned_ptr(py, ffi::PyList_GetItem(list.as_ptr(), 0)) } //~ reference-ownership
}

#[pyfunction]
fn last<'py>(py: Python<'py>, list: &Bound<'py, PyAny>) -> Bound<'py, PyAny> {
    unsafe { Bound::from_borrowed_ptr(py, ffi::PyList_GetItem(list.as_ptr(), 1)) }
}

#[pyfunction]
fn stop() {
    ctrlc::set_handler(|| ()).ok(); //~ signal-handler-replaced
}

#[pymodule]
fn _demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(first, m)?)?;
    m.add_function(wrap_pyfunction!(last, m)?)?;
    m.add_function(wrap_pyfunction!(stop, m)?)
}
