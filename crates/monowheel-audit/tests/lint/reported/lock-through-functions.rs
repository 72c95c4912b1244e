//# rule: lock-held-across-python warning
//# report: pyo3#4771
//# dependency: pyo3 = "0.28"
//# bad: lock helper generic
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
        with(&self.handlers, |all| { for one in all.iter() { one.call0(py)?; } Ok(()) })
    }
}
fn with<T, R>(lock: &Mutex<T>, run: impl FnOnce(&mut T) -> R) -> R {
    let mut guard = lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    run(&mut guard)
}
impl Hub {
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: lock helper generic
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

//# bad: lock trait method
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
        for one in all.iter() { self.emit(py, one)?; }
        Ok(())
    }
}
trait Emit { fn emit(&self, py: Python<'_>, one: &Py<PyAny>) -> PyResult<()>; }
impl Emit for Hub {
    fn emit(&self, py: Python<'_>, one: &Py<PyAny>) -> PyResult<()> { one.call0(py).map(drop) }
}
impl Hub {
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: lock trait method
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

//# bad: lock trait default method
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
        for one in all.iter() { self.emit(py, one)?; }
        Ok(())
    }
}
trait Emit { fn emit(&self, py: Python<'_>, one: &Py<PyAny>) -> PyResult<()> { one.call0(py).map(drop) } }
impl Emit for Hub {}
impl Hub {
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: lock trait default method
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

//# bad: lock closure local
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
        let emit = |one: &Py<PyAny>| one.call0(py);
        let all = self.handlers.lock().unwrap();
        for one in all.iter() { emit(one)?; }
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: lock closure local
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

//# bad: lock own macro
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
        let all = locked!(self.handlers);
        for one in all.iter() { one.call0(py)?; }
        Ok(())
    }
}
macro_rules! locked { ($lock:expr) => { $lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner) }; }
use locked;
impl Hub {
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: lock own macro
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
