//! Memory and references that are never released.

use std::sync::Mutex;

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

/// A reference to a new object that tracks others is lost.
#[pyfunction]
pub fn forget_object(py: Python<'_>) {
    std::mem::forget(PyList::empty(py).unbind());
}

#[pyfunction]
pub fn forget_object_fixed(py: Python<'_>) {
    drop(PyList::empty(py).unbind());
}

/// A reference to an object without a type that the collector tracks is lost.
#[pyfunction]
pub fn forget_text(py: Python<'_>, number: u64) {
    std::mem::forget(PyString::new(py, &format!("the text of number {number}")).unbind());
}

#[pyfunction]
pub fn forget_text_fixed(py: Python<'_>, number: u64) {
    drop(PyString::new(py, &format!("the text of number {number}")).unbind());
}

/// Memory of Rust is leaked.
#[pyfunction]
pub fn box_leak(size: usize) -> usize {
    Box::leak(vec![1_u8; size].into_boxed_slice()).len()
}

#[pyfunction]
pub fn box_leak_fixed(size: usize) -> usize {
    vec![1_u8; size].into_boxed_slice().len()
}

static CACHE: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());
/// Larger than what one measurement adds, smaller than what all of them add.
const BOUND: usize = 64;

/// A cache without a bound.
#[pyfunction]
pub fn cache_unbounded() {
    CACHE.lock().unwrap().push(vec![2; 100]);
}

/// A cache with one.
#[pyfunction]
pub fn cache_bounded() {
    let mut cache = CACHE.lock().unwrap();
    if cache.len() < BOUND {
        cache.push(vec![2; 100]);
    }
}

/// What is made once for the process.
#[pyfunction]
pub fn once_only() -> usize {
    static ONCE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    ONCE.get_or_init(|| vec![3; 1 << 20]).len()
}

static KEPT: Mutex<Vec<Py<PyAny>>> = Mutex::new(Vec::new());

/// Rust keeps what Python passes.
#[pyfunction]
pub fn keep_in_static(one: Py<PyAny>) {
    KEPT.lock().unwrap().push(one);
}

/// Holds nothing.
#[pyclass(frozen)]
pub struct Plain {}

#[pymethods]
impl Plain {
    #[new]
    fn new() -> Self {
        Self {}
    }

    /// A reference to this object is lost.
    fn lose(slf: Py<Self>) {
        std::mem::forget(slf);
    }
}

/// A class that refers to Python objects without telling the garbage collector.
#[pyclass]
pub struct Node {
    callback: Option<Py<PyAny>>,
}

#[pymethods]
impl Node {
    #[new]
    fn new() -> Self {
        Self { callback: None }
    }

    fn on_change(&mut self, callback: Py<PyAny>) {
        self.callback = Some(callback);
    }

    fn change(&self, py: Python<'_>) -> PyResult<()> {
        self.callback.as_ref().map_or(Ok(()), |callback| callback.call0(py).map(drop))
    }
}

/// The same with `__traverse__`.
#[pyclass]
pub struct NodeFixed {
    callback: Option<Py<PyAny>>,
}

#[pymethods]
impl NodeFixed {
    #[new]
    fn new() -> Self {
        Self { callback: None }
    }

    fn on_change(&mut self, callback: Py<PyAny>) {
        self.callback = Some(callback);
    }

    fn change(&self, py: Python<'_>) -> PyResult<()> {
        self.callback.as_ref().map_or(Ok(()), |callback| callback.call0(py).map(drop))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.callback)
    }

    fn __clear__(&mut self) {
        self.callback = None;
    }
}

/// A class whose `__traverse__` misses one of its fields.
#[pyclass]
pub struct Partial {
    first: Option<Py<PyAny>>,
    second: Option<Py<PyAny>>,
}

#[pymethods]
impl Partial {
    #[new]
    fn new() -> Self {
        Self { first: None, second: None }
    }

    fn set(&mut self, first: Py<PyAny>, second: Py<PyAny>) {
        self.first = Some(first);
        self.second = Some(second);
    }

    fn second(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.second.as_ref().map(|one| one.clone_ref(py))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.first)
    }

    fn __clear__(&mut self) {
        self.first = None;
    }
}
