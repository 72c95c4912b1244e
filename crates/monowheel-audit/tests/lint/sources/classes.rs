use std::collections::HashMap;
use std::sync::Mutex;

use pyo3::prelude::*;

#[pyclass(frozen)]
struct Button { //~ missing-traverse missing-repr
    on_click: Option<Py<PyAny>>,
}

#[pyclass(frozen, str)]
struct Told {
    on_click: Mutex<Option<Py<PyAny>>>,
}

#[pymethods]
impl Told {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        Ok(())
    }
}

/// Strings lead nowhere, and neither does a class that holds nothing.
#[pyclass(frozen, str)]
struct Leaf {
    name: Py<PyString>,
    told: Option<Py<Nothing>>,
}

#[pyclass(frozen, str)]
struct Nothing {
    number: u32,
}

struct Inner {
    callback: Py<PyAny>,
}

#[pyclass(frozen, str)]
struct Outer { //~ missing-traverse
    inner: Vec<Inner>,
}

/// Who shares it cannot be asked.
#[pyclass(frozen, str)]
struct Shared {
    callback: Arc<Mutex<Py<PyAny>>>,
}

#[pyclass(frozen, str)]
struct Kept {
    module: Bound<'static, PyModule>, //~ bound-outlives-call
}

fn kept(py: Python<'static>) {} //~ bound-outlives-call

#[pyclass(frozen, str)]
struct Series {
    #[pyo3(get)]
    values: Vec<f64>, //~ getter-clones-container
    #[pyo3(get)]
    name: String,
    other: HashMap<String, f64>,
}

#[pymethods]
impl Series {
    #[getter]
    fn other(&self) -> HashMap<String, f64> {
        self.other.clone() //~ getter-clones-container
    }

    fn to_dict(&self) -> HashMap<String, f64> {
        self.other.clone()
    }
}

#[pyclass(str)]
struct Still { //~ class-not-frozen
    number: u32,
}

#[pyclass(str)]
struct Set {
    #[pyo3(get, set)]
    number: u32,
}

#[pyclass(str)]
struct Moving {
    number: u32,
}

#[pymethods]
impl Moving {
    fn step(&mut self) {
        self.number += 1;
    }

    fn run(&mut self, py: Python<'_>) {
        py.detach(|| self.work()); //~ exclusive-self-across-detach
    }

    fn look(&self, py: Python<'_>) {
        py.detach(|| self.work());
    }
}

/// It changes by itself alone.
#[pyclass(str)]
struct Lister {
    next: u64,
}

#[pymethods]
impl Lister {
    fn __next__(mut slf: PyRefMut<'_, Self>) -> Option<u64> {
        slf.next += 1;
        Some(slf.next)
    }
}

#[pyclass(str)]
struct InABody {
    number: u32,
}

fn in_a_body(object: &Bound<'_, PyAny>) -> PyResult<()> {
    let mut body = object.extract::<PyRefMut<'_, InABody>>()?;
    body.number = 1;
    Ok(())
}

#[pyclass(str)]
struct Elsewhere {
    number: u32,
}

#[pyfunction]
fn change(mut elsewhere: PyRefMut<'_, Elsewhere>) {
    elsewhere.number = 1;
}

#[pyclass(frozen)]
struct Shown {
    number: u32,
}

#[pymethods]
impl Shown {
    fn __repr__(&self) -> String {
        format!("Shown({})", self.number)
    }
}

#[pyclass(frozen)]
struct Steps {
    number: u32,
}

#[pymethods]
impl Steps {
    fn __next__(&self) -> Option<u32> {
        None
    }
}

#[pyclass]
enum Colour {
    Red,
    Green,
}
