//# rule: reference-ownership error
//# report: pyo3#809, pyo3#883
//# bad: a borrowed reference is owned
use pyo3::prelude::*;
use pyo3::ffi;
#[pyfunction]
fn first<'py>(py: Python<'py>, list: Bound<'py, PyAny>) -> Bound<'py, PyAny> {
    unsafe { Bound::from_owned_ptr(py, ffi::PyList_GetItem(list.as_ptr(), 0)) }
}
#[pymodule]
mod demo { #[pymodule_export] use super::first; }
//# bad: through a variable
use pyo3::prelude::*;
use pyo3::ffi::{self, PyDict_GetItemString};
fn version(py: Python<'_>, dict: *mut ffi::PyObject) -> PyResult<Py<PyAny>> {
    let found = unsafe { PyDict_GetItemString(dict, c"version".as_ptr()) };
    if found.is_null() { return Err(pyo3::exceptions::PyKeyError::new_err("version")); }
    Ok(unsafe { Py::from_owned_ptr(py, found) })
}
#[pymodule]
mod demo {}
//# good: each as it is
use pyo3::prelude::*;
use pyo3::ffi;
#[pyfunction]
fn first<'py>(py: Python<'py>, list: Bound<'py, PyAny>) -> Bound<'py, PyAny> {
    unsafe { Bound::from_borrowed_ptr(py, ffi::PyList_GetItem(list.as_ptr(), 0)) }
}
fn taken(py: Python<'_>, dict: *mut ffi::PyObject) -> Py<PyAny> {
    let found = unsafe { ffi::PyDict_GetItemString(dict, c"version".as_ptr()) };
    unsafe {
        ffi::Py_INCREF(found);
        Py::from_owned_ptr(py, found)
    }
}
fn made(py: Python<'_>) -> Py<PyAny> {
    unsafe { Py::from_owned_ptr(py, ffi::PyList_New(0)) }
}
#[pymodule]
mod demo { #[pymodule_export] use super::first; }
