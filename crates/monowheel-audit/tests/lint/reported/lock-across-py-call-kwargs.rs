//# rule: lock-held-across-python error
//# report: PyO3/pyo3#4265 (re-entrant locks, the review of GILProtected)
//# dependency: pyo3 = { version = "0.28" }
//# bad: Py::call(py, args, kwargs) and getattr under a Mutex
use pyo3::prelude::*;

use pyo3::types::PyDict;
use std::sync::Mutex;

#[pyclass(frozen)]
struct Hook {
    function: Mutex<Option<Py<PyAny>>>,
}

#[pymethods]
impl Hook {
    fn __repr__(&self) -> &'static str {
        "Hook()"
    }

    fn __traverse__(&self, _visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        Ok(())
    }

    #[pyo3(signature = (options=None))]
    fn fire(&self, py: Python<'_>, options: Option<Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
        let function = self.function.lock().unwrap();
        match function.as_ref() {
            Some(function) => function.call(py, (), options.as_ref()),
            None => Ok(py.None()),
        }
    }

    fn __call__(&self, py: Python<'_>, name: &str) -> PyResult<Option<Py<PyAny>>> {
        let function = self.function.lock().unwrap();
        function.as_ref().map(|function| function.getattr(py, name)).transpose()
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hook>()?;
    Ok(())
}
//# good
use pyo3::prelude::*;

use pyo3::types::PyDict;
use std::sync::Mutex;

#[pyclass(frozen)]
struct Hook {
    function: Mutex<Option<Py<PyAny>>>,
}

#[pymethods]
impl Hook {
    fn __repr__(&self) -> &'static str {
        "Hook()"
    }

    fn __traverse__(&self, _visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        Ok(())
    }

    #[pyo3(signature = (options=None))]
    fn fire(&self, py: Python<'_>, options: Option<Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
        let function = self.function.lock().unwrap().as_ref().map(|one| one.clone_ref(py));
        match function {
            Some(function) => function.call(py, (), options.as_ref()),
            None => Ok(py.None()),
        }
    }

    fn __call__(&self, py: Python<'_>, name: &str) -> PyResult<Option<Py<PyAny>>> {
        let function = self.function.lock().unwrap().as_ref().map(|one| one.clone_ref(py));
        function.map(|function| function.getattr(py, name)).transpose()
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hook>()?;
    Ok(())
}
