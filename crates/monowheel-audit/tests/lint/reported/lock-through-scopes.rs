//# rule: lock-held-across-python warning
//# report: pyo3#4771
//# dependency: pyo3 = "0.28"
//# bad: lock let chain (edition 2024)
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
        if let Ok(all) = self.handlers.lock() && let Some(first) = all.first() {
            first.call0(py)?;
        }
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: lock let chain (edition 2024)
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

//# bad: lock let chain second (edition 2024)
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
    fn fire(&self, py: Python<'_>, on: bool) -> PyResult<()> {
        if on && let Ok(all) = self.handlers.lock() {
            for one in all.iter() { one.call0(py)?; }
        }
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: lock let chain second (edition 2024)
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

//# bad: lock let chain temporary (edition 2024)
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
        if let Some(first) = self.handlers.lock().unwrap().first() && first.is_none(py) == false {
            first.call0(py)?;
        }
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: lock let chain temporary (edition 2024)
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

//# bad: lock else 2024 ok (edition 2024)
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
    fn fire(&self, py: Python<'_>, other: Py<PyAny>) -> PyResult<()> {
        if let Some(_first) = self.handlers.lock().unwrap().first() {
            other.call0(py).map(drop)
        } else {
            Ok(())
        }
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: lock else 2024 ok (edition 2024)
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
    fn fire(&self, py: Python<'_>, other: Py<PyAny>) -> PyResult<()> {
        if let Some(_first) = self.handlers.lock().unwrap().first() {
            Ok(())
        } else {
            other.call0(py).map(drop)
        }
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# bad: lock while let
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
        while let Some(one) = self.handlers.lock().unwrap().pop() {
            one.call0(py)?;
        }
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: lock while let
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
        loop {
            let one = self.handlers.lock().unwrap().pop();
            let Some(one) = one else { return Ok(()) };
            one.call0(py)?;
        }
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# bad: lock match arm
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
        match self.handlers.lock() {
            Err(_) => Ok(()),
            Ok(all) => { for one in all.iter() { one.call0(py)?; } Ok(()) }
        }
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: lock match arm
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
