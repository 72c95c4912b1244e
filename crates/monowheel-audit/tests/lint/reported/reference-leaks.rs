//# rule: reference-ownership warning
//# report: pyo3#72, rust-cpython#18
//# bad: a new reference is borrowed
use pyo3::prelude::*;
use pyo3::ffi;
#[pyfunction]
fn keys<'py>(py: Python<'py>, dict: Bound<'py, PyAny>) -> Bound<'py, PyAny> {
    unsafe { Bound::from_borrowed_ptr(py, ffi::PyDict_Keys(dict.as_ptr())) }
}
#[pymodule]
mod demo { #[pymodule_export] use super::keys; }
//# bad: of an iterator
use pyo3::prelude::*;
use pyo3::ffi;
#[pyfunction]
fn next<'py>(py: Python<'py>, iterator: Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    let item = unsafe { ffi::PyIter_Next(iterator.as_ptr()) };
    unsafe { Bound::from_borrowed_ptr_or_opt(py, item) }
}
#[pymodule]
mod demo { #[pymodule_export] use super::next; }
//# good: owned, or given back
use pyo3::prelude::*;
use pyo3::ffi;
#[pyfunction]
fn next<'py>(py: Python<'py>, iterator: Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    let item = unsafe { ffi::PyIter_Next(iterator.as_ptr()) };
    unsafe { Bound::from_owned_ptr_or_opt(py, item) }
}
fn shown<'py>(py: Python<'py>, object: *mut ffi::PyObject) -> Bound<'py, PyAny> {
    unsafe {
        let text = ffi::PyObject_Str(object);
        let kept = Bound::from_borrowed_ptr(py, text);
        ffi::Py_DECREF(text);
        kept
    }
}
#[pymodule]
mod demo { #[pymodule_export] use super::next; }
