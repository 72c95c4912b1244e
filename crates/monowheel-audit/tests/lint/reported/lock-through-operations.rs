//# rule: lock-held-across-python warning
//# report: pyo3#4771
//# dependency: pyo3 = "0.28"
//# bad: lock call method macro
use pyo3::prelude::*;
use std::sync::Mutex;
#[pyclass(frozen)]
struct Hub { handlers: Mutex<Vec<Py<PyAny>>> }
#[pymethods]
impl Hub {
    #[new]
    fn new() -> Self { Self { handlers: Mutex::new(Vec::new()) } }
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { if let Ok(all) = self.handlers.try_lock() { for one in all.iter() { visit.call(one)?; } } Ok(()) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn fire(&self, py: Python<'_>) -> PyResult<()> {
        let all = self.handlers.lock().unwrap();
        for one in all.iter() { pyo3::py_run!(py, one, "one()"); }
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: lock call method macro
use pyo3::prelude::*;
use std::sync::Mutex;
#[pyclass(frozen)]
struct Hub { handlers: Mutex<Vec<Py<PyAny>>> }
#[pymethods]
impl Hub {
    #[new]
    fn new() -> Self { Self { handlers: Mutex::new(Vec::new()) } }
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { if let Ok(all) = self.handlers.try_lock() { for one in all.iter() { visit.call(one)?; } } Ok(()) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn fire(&self, py: Python<'_>) -> PyResult<()> {
        let first = { let Ok(all) = self.handlers.lock() else { return Ok(()) }; all.first().map(|one| one.clone_ref(py)) };
        if let Some(first) = first { first.call0(py)?; }
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# bad: lock set item
use pyo3::prelude::*;
use std::sync::Mutex;
#[pyclass(frozen)]
struct Hub { handlers: Mutex<Vec<Py<PyAny>>> }
#[pymethods]
impl Hub {
    #[new]
    fn new() -> Self { Self { handlers: Mutex::new(Vec::new()) } }
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { if let Ok(all) = self.handlers.try_lock() { for one in all.iter() { visit.call(one)?; } } Ok(()) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn fire(&self, seen: &Bound<'_, PyAny>) -> PyResult<()> {
        let all = self.handlers.lock().unwrap();
        for one in all.iter() { seen.set_item(one, 1)?; }
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: lock set item
use pyo3::prelude::*;
use std::sync::Mutex;
#[pyclass(frozen)]
struct Hub { handlers: Mutex<Vec<Py<PyAny>>> }
#[pymethods]
impl Hub {
    #[new]
    fn new() -> Self { Self { handlers: Mutex::new(Vec::new()) } }
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { if let Ok(all) = self.handlers.try_lock() { for one in all.iter() { visit.call(one)?; } } Ok(()) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn fire(&self, py: Python<'_>) -> PyResult<()> {
        let first = { let Ok(all) = self.handlers.lock() else { return Ok(()) }; all.first().map(|one| one.clone_ref(py)) };
        if let Some(first) = first { first.call0(py)?; }
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# bad: lock iterate any
use pyo3::prelude::*;
use std::sync::Mutex;
#[pyclass(frozen)]
struct Hub { handlers: Mutex<Vec<Py<PyAny>>> }
#[pymethods]
impl Hub {
    #[new]
    fn new() -> Self { Self { handlers: Mutex::new(Vec::new()) } }
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { if let Ok(all) = self.handlers.try_lock() { for one in all.iter() { visit.call(one)?; } } Ok(()) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn extend(&self, items: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut all = self.handlers.lock().unwrap();
        for item in items.try_iter()? { all.push(item?.unbind()); }
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: lock iterate any
use pyo3::prelude::*;
use std::sync::Mutex;
#[pyclass(frozen)]
struct Hub { handlers: Mutex<Vec<Py<PyAny>>> }
#[pymethods]
impl Hub {
    #[new]
    fn new() -> Self { Self { handlers: Mutex::new(Vec::new()) } }
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { if let Ok(all) = self.handlers.try_lock() { for one in all.iter() { visit.call(one)?; } } Ok(()) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn extend(&self, items: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut new = Vec::new();
        for item in items.try_iter()? { new.push(item?.unbind()); }
        self.handlers.lock().unwrap().append(&mut new);
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# bad: lock eq in find
use pyo3::prelude::*;
use std::sync::Mutex;
#[pyclass(frozen)]
struct Hub { handlers: Mutex<Vec<Py<PyAny>>> }
#[pymethods]
impl Hub {
    #[new]
    fn new() -> Self { Self { handlers: Mutex::new(Vec::new()) } }
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { if let Ok(all) = self.handlers.try_lock() { for one in all.iter() { visit.call(one)?; } } Ok(()) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn index(&self, py: Python<'_>, item: &Bound<'_, PyAny>) -> PyResult<Option<usize>> {
        for (at, one) in self.handlers.lock().unwrap().iter().enumerate() {
            if one.bind(py).eq(item)? { return Ok(Some(at)); }
        }
        Ok(None)
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: lock eq in find
use pyo3::prelude::*;
use std::sync::Mutex;
#[pyclass(frozen)]
struct Hub { handlers: Mutex<Vec<Py<PyAny>>> }
#[pymethods]
impl Hub {
    #[new]
    fn new() -> Self { Self { handlers: Mutex::new(Vec::new()) } }
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { if let Ok(all) = self.handlers.try_lock() { for one in all.iter() { visit.call(one)?; } } Ok(()) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn index(&self, py: Python<'_>, item: &Bound<'_, PyAny>) -> PyResult<Option<usize>> {
        let all: Vec<Py<PyAny>> = self.handlers.lock().unwrap().iter().map(|one| one.clone_ref(py)).collect();
        for (at, one) in all.iter().enumerate() {
            if one.bind(py).eq(item)? { return Ok(Some(at)); }
        }
        Ok(None)
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# bad: lock import
use pyo3::prelude::*;
use std::sync::Mutex;
#[pyclass(frozen)]
struct Hub { handlers: Mutex<Vec<Py<PyAny>>> }
#[pymethods]
impl Hub {
    #[new]
    fn new() -> Self { Self { handlers: Mutex::new(Vec::new()) } }
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { if let Ok(all) = self.handlers.try_lock() { for one in all.iter() { visit.call(one)?; } } Ok(()) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn fire(&self, py: Python<'_>) -> PyResult<()> {
        let mut all = self.handlers.lock().unwrap();
        let json = py.import("json")?;
        all.push(json.unbind().into_any());
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: lock import
use pyo3::prelude::*;
use std::sync::Mutex;
#[pyclass(frozen)]
struct Hub { handlers: Mutex<Vec<Py<PyAny>>> }
#[pymethods]
impl Hub {
    #[new]
    fn new() -> Self { Self { handlers: Mutex::new(Vec::new()) } }
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { if let Ok(all) = self.handlers.try_lock() { for one in all.iter() { visit.call(one)?; } } Ok(()) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn fire(&self, py: Python<'_>) -> PyResult<()> {
        let json = py.import("json")?;
        self.handlers.lock().unwrap().push(json.unbind().into_any());
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}
