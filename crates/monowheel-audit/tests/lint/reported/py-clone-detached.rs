//# rule: py-cloned-while-detached warning
//# report: topk-io/topk#463
//# dependency: pyo3 = { version = "0.28", features = ["py-clone"] }
//# bad: Py::clone (feature py-clone) where nobody is attached is a panic
use pyo3::prelude::*;

#[pyclass(frozen)]
struct Collection {
    name: Py<pyo3::types::PyString>,
}

#[pymethods]
impl Collection {
    fn __repr__(&self) -> &'static str {
        "Collection()"
    }

    fn delete(&self, py: Python<'_>) -> usize {
        py.detach(|| {
            let name = self.name.clone();
            Python::attach(|py| name.bind(py).to_string().len())
        })
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Collection>()?;
    Ok(())
}
//# good
use pyo3::prelude::*;

#[pyclass(frozen)]
struct Collection {
    name: Py<pyo3::types::PyString>,
}

#[pymethods]
impl Collection {
    fn __repr__(&self) -> &'static str {
        "Collection()"
    }

    fn delete(&self, py: Python<'_>) -> usize {
        let name = self.name.clone_ref(py);
        py.detach(|| Python::attach(|py| name.bind(py).to_string().len()))
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Collection>()?;
    Ok(())
}
//# bad: derived Clone of a struct with an object
#[pyclass(frozen)]
struct Task { callback: Py<PyAny> }
#[pymethods]
impl Task {
    fn run(&self, py: Python<'_>) { let callback = &self.callback; py.detach(move || start(callback.clone())) }
}
//# bad: a vector of objects
#[pyfunction]
fn run(py: Python<'_>, callbacks: Vec<Py<PyAny>>) { py.allow_threads(|| start(callbacks.clone())) }
//# good: cloned before
#[pyfunction]
fn run(py: Python<'_>, callback: Py<PyAny>) { let other = callback.clone_ref(py); py.detach(move || start(other)) }
//# good: something else is cloned
#[pyfunction]
fn run(py: Python<'_>, name: String) { py.detach(|| start(name.clone())) }
