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
