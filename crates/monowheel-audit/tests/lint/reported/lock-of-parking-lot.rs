//# rule: lock-held-across-python error
//# report: pyo3#4771
//# dependency: pyo3 = "0.28"
//# dependency: parking_lot = "0.12"
//# bad: parking upgradable
use pyo3::prelude::*;
use parking_lot::{Mutex, RwLock, ReentrantMutex, Condvar};
#[pyclass(frozen)]
struct Hub { state: RwLock<u64>, gate: Mutex<bool>, changed: Condvar, callback: Py<PyAny> }
#[pymethods]
impl Hub {
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { visit.call(&self.callback) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn bump(&self, py: Python<'_>) -> PyResult<()> {
        let state = self.state.upgradable_read();
        self.callback.call1(py, (*state,))?;
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: parking upgradable
use pyo3::prelude::*;
use parking_lot::{Mutex, RwLock, ReentrantMutex, Condvar};
#[pyclass(frozen)]
struct Hub { state: RwLock<u64>, gate: Mutex<bool>, changed: Condvar, callback: Py<PyAny> }
#[pymethods]
impl Hub {
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { visit.call(&self.callback) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn bump(&self, py: Python<'_>) -> PyResult<()> {
        let state = *self.state.upgradable_read();
        self.callback.call1(py, (state,))?;
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# bad: parking try lock for
use pyo3::prelude::*;
use parking_lot::{Mutex, RwLock, ReentrantMutex, Condvar};
#[pyclass(frozen)]
struct Hub { state: RwLock<u64>, gate: Mutex<bool>, changed: Condvar, callback: Py<PyAny> }
#[pymethods]
impl Hub {
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { visit.call(&self.callback) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn bump(&self, py: Python<'_>) -> PyResult<()> {
        if let Some(gate) = self.gate.try_lock_for(std::time::Duration::from_secs(1)) {
            self.callback.call1(py, (*gate,))?;
        }
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: parking try lock for
use pyo3::prelude::*;
use parking_lot::{Mutex, RwLock, ReentrantMutex, Condvar};
#[pyclass(frozen)]
struct Hub { state: RwLock<u64>, gate: Mutex<bool>, changed: Condvar, callback: Py<PyAny> }
#[pymethods]
impl Hub {
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { visit.call(&self.callback) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn bump(&self, py: Python<'_>) -> PyResult<()> {
        let gate = self.gate.try_lock_for(std::time::Duration::from_secs(1)).map(|gate| *gate);
        self.callback.call1(py, (gate,))?;
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}
