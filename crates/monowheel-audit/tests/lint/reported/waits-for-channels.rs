//# rule: blocking-call-while-attached warning
//# report: mistral.rs#1909
//# dependency: pyo3 = "0.28"
//# dependency: parking_lot = "0.12"
//# dependency: crossbeam-channel = "0.5"
//# bad: parking condvar wait for
use pyo3::prelude::*;
use parking_lot::{Mutex, RwLock, ReentrantMutex, Condvar};
#[pyclass(frozen)]
struct Hub { state: RwLock<u64>, gate: Mutex<bool>, changed: Condvar, callback: Py<PyAny> }
#[pymethods]
impl Hub {
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { visit.call(&self.callback) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn pause(&self) {
        let mut gate = self.gate.lock();
        self.changed.wait_for(&mut gate, std::time::Duration::from_secs(5));
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: parking condvar wait for
use pyo3::prelude::*;
use parking_lot::{Mutex, RwLock, ReentrantMutex, Condvar};
#[pyclass(frozen)]
struct Hub { state: RwLock<u64>, gate: Mutex<bool>, changed: Condvar, callback: Py<PyAny> }
#[pymethods]
impl Hub {
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { visit.call(&self.callback) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn pause(&self, py: Python<'_>) {
        py.detach(|| {
            let mut gate = self.gate.lock();
            self.changed.wait_for(&mut gate, std::time::Duration::from_secs(5));
        });
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# bad: parking condvar wait mut
use pyo3::prelude::*;
use parking_lot::{Mutex, RwLock, ReentrantMutex, Condvar};
#[pyclass(frozen)]
struct Hub { state: RwLock<u64>, gate: Mutex<bool>, changed: Condvar, callback: Py<PyAny> }
#[pymethods]
impl Hub {
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { visit.call(&self.callback) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn pause(&self) {
        let mut gate = self.gate.lock();
        while !*gate { self.changed.wait(&mut gate); }
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# good: parking condvar wait mut
use pyo3::prelude::*;
use parking_lot::{Mutex, RwLock, ReentrantMutex, Condvar};
#[pyclass(frozen)]
struct Hub { state: RwLock<u64>, gate: Mutex<bool>, changed: Condvar, callback: Py<PyAny> }
#[pymethods]
impl Hub {
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { visit.call(&self.callback) }
    fn __repr__(&self) -> String { "Hub".to_owned() }
    fn pause(&self, py: Python<'_>) {
        py.detach(|| {
            let mut gate = self.gate.lock();
            while !*gate { self.changed.wait(&mut gate); }
        });
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Hub>()?;
    Ok(())
}

//# bad: wait sync channel send
use pyo3::prelude::*;
use std::sync::mpsc::{SyncSender, sync_channel};
#[pyclass(frozen)]
struct Sink { tx: SyncSender<u64> }
#[pymethods]
impl Sink {
    fn __repr__(&self) -> &str { "Sink" }
    fn push(&self, item: u64) { let _ = self.tx.send(item); }
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Sink>()?;
    Ok(())
}

//# good: wait sync channel send
use pyo3::prelude::*;
use std::sync::mpsc::{SyncSender, sync_channel};
#[pyclass(frozen)]
struct Sink { tx: SyncSender<u64> }
#[pymethods]
impl Sink {
    fn __repr__(&self) -> &str { "Sink" }
    fn push(&self, py: Python<'_>, item: u64) { let _ = py.detach(|| self.tx.send(item)); }
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Sink>()?;
    Ok(())
}

//# bad: wait crossbeam bounded
use pyo3::prelude::*;
use crossbeam_channel::bounded;
#[pyfunction]
fn pump(items: Vec<u64>) -> u64 {
    let (tx, rx) = bounded(4);
    let worker = std::thread::spawn(move || rx.iter().sum::<u64>());
    for item in items { let _ = tx.send(item); }
    drop(tx);
    worker.join().unwrap_or(0)
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(pump, m)?)?;
    Ok(())
}

//# good: wait crossbeam bounded
use pyo3::prelude::*;
use crossbeam_channel::bounded;
#[pyfunction]
fn pump(py: Python<'_>, items: Vec<u64>) -> u64 {
    py.detach(|| {
        let (tx, rx) = bounded(4);
        let worker = std::thread::spawn(move || rx.iter().sum::<u64>());
        for item in items { let _ = tx.send(item); }
        drop(tx);
        worker.join().unwrap_or(0)
    })
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(pump, m)?)?;
    Ok(())
}

//# bad: wait select macro
use pyo3::prelude::*;
use crossbeam_channel::Receiver;
#[pyclass(frozen)]
struct Source { rx: Receiver<u64>, stop: Receiver<()> }
#[pymethods]
impl Source {
    fn __repr__(&self) -> &str { "Source" }
    fn next_item(&self) -> Option<u64> {
        crossbeam_channel::select! {
            recv(self.rx) -> item => item.ok(),
            recv(self.stop) -> _ => None,
        }
    }
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Source>()?;
    Ok(())
}

//# good: wait select macro
use pyo3::prelude::*;
use crossbeam_channel::Receiver;
#[pyclass(frozen)]
struct Source { rx: Receiver<u64>, stop: Receiver<()> }
#[pymethods]
impl Source {
    fn __repr__(&self) -> &str { "Source" }
    fn next_item(&self, py: Python<'_>) -> Option<u64> {
        py.detach(|| crossbeam_channel::select! {
            recv(self.rx) -> item => item.ok(),
            recv(self.stop) -> _ => None,
        })
    }
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Source>()?;
    Ok(())
}

//# bad: wait for rx iter
use pyo3::prelude::*;
use std::sync::mpsc;
#[pyfunction]
fn gather(n: u64) -> Vec<u64> {
    let (tx, rx) = mpsc::channel();
    for i in 0..n { let tx = tx.clone(); std::thread::spawn(move || { let _ = tx.send(i); }); }
    drop(tx);
    rx.iter().collect()
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(gather, m)?)?;
    Ok(())
}

//# good: wait for rx iter
use pyo3::prelude::*;
use std::sync::mpsc;
#[pyfunction]
fn gather(py: Python<'_>, n: u64) -> Vec<u64> {
    py.detach(|| {
        let (tx, rx) = mpsc::channel();
        for i in 0..n { let tx = tx.clone(); std::thread::spawn(move || { let _ = tx.send(i); }); }
        drop(tx);
        rx.iter().collect()
    })
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(gather, m)?)?;
    Ok(())
}

//# bad: wait thread scope helper
use pyo3::prelude::*;
fn work(items: &mut [u64]) {
    std::thread::scope(|scope| {
        for chunk in items.chunks_mut(16) { scope.spawn(move || chunk.iter_mut().for_each(|it| *it += 1)); }
    });
}
#[pyfunction]
fn bump(mut items: Vec<u64>) -> Vec<u64> { work(&mut items); items }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(bump, m)?)?;
    Ok(())
}

//# good: wait thread scope helper
use pyo3::prelude::*;
fn work(items: &mut [u64]) {
    std::thread::scope(|scope| {
        for chunk in items.chunks_mut(16) { scope.spawn(move || chunk.iter_mut().for_each(|it| *it += 1)); }
    });
}
#[pyfunction]
fn bump(py: Python<'_>, mut items: Vec<u64>) -> Vec<u64> { py.detach(|| work(&mut items)); items }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(bump, m)?)?;
    Ok(())
}

//# bad: wait barrier
use pyo3::prelude::*;
use std::sync::{Arc, Barrier};
#[pyclass(frozen)]
struct Gate { inner: Arc<Barrier> }
#[pymethods]
impl Gate { fn __repr__(&self) -> &str { "Gate" }
    fn pass(&self) -> bool { self.inner.wait().is_leader() } }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Gate>()?;
    Ok(())
}

//# good: wait barrier
use pyo3::prelude::*;
use std::sync::{Arc, Barrier};
#[pyclass(frozen)]
struct Gate { inner: Arc<Barrier> }
#[pymethods]
impl Gate { fn __repr__(&self) -> &str { "Gate" }
    fn pass(&self, py: Python<'_>) -> bool { py.detach(|| self.inner.wait().is_leader()) } }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Gate>()?;
    Ok(())
}
