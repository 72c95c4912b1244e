use pyo3::exceptions::{PyException, PyRuntimeError, PyValueError};
use pyo3::prelude::*;

#[pyfunction]
fn unfinished() -> u32 {
    todo!() //~ panic-in-binding
}

#[pyfunction]
fn nth(values: Vec<u32>, index: usize) -> u32 {
    values[index] //~ panic-in-binding
}

#[pyfunction]
fn sum(values: Vec<u32>, index: usize) -> u32 {
    let mut sum = 0;
    for index in 0..values.len() {
        sum += values[index];
    }
    sum + values[0]
}

#[pyfunction]
fn checked(values: Vec<u32>, index: usize) -> Option<u32> {
    if index >= values.len() {
        return None;
    }
    Some(values[index])
}

#[pyfunction]
fn cut_off(value: i64, index: isize, level: u8) -> (u8, u32) {
    let wide = level as u32;
    if index < 0 {
        return (0, wide);
    }
    let at = index as usize;
    (value as u8, wide) //~ number-narrowed
}

#[pyfunction]
fn unwraps(text: &str, lock: &Lock) -> u32 {
    let guard = lock.inner.lock().unwrap();
    let first: u32 = text.parse().unwrap(); //~ panic-in-binding
    first + text.len().try_into().expect("short")
}

fn rust(text: &str) -> u32 {
    text.parse().unwrap()
}

#[pyfunction]
fn open(path: &str, mode: Option<&str>) {} //~ option-without-signature

#[pyfunction]
#[pyo3(signature = (path, mode=None))]
fn open_well(path: &str, mode: Option<&str>) {}

#[pyfunction(signature = (path, mode=None))]
fn open_shortly(path: &str, mode: Option<&str>) {}

#[pyfunction]
fn _private(mode: Option<&str>) {}

#[pyfunction]
fn required_after(mode: Option<&str>, path: &str) {}

#[pymethods]
impl File {
    #[new]
    fn new(name: Option<String>) -> Self { //~ option-without-signature
        Self
    }

    fn __exit__(&self, kind: Option<Py<PyAny>>, value: Option<Py<PyAny>>, trace: Option<Py<PyAny>>) {}

    #[setter]
    fn set_name(&self, name: Option<String>) {}
}

/// Only the package's own Python code calls it.
#[pyclass(frozen)]
struct PyFrame {}

#[pymethods]
impl PyFrame {
    fn head(&self, count: Option<usize>) {}
}

#[pyfunction]
fn plain_errors(kind: u32) -> PyResult<()> {
    match kind {
        0 => Err(PyRuntimeError::new_err("0")), //~ mostly-runtime-error
        1 => Err(PyRuntimeError::new_err("1")),
        2 => Err(PyErr::new::<PyRuntimeError, _>("2")),
        3 => Err(pyo3::exceptions::PyRuntimeError::new_err("3")),
        4 => Err(PyException::new_err("4")),
        _ => Err(PyValueError::new_err("5")),
    }
}
