//# rule: lock-held-across-python error
//# report: obstore#453
//# bad: attach under a lock, in a task
use std::sync::{Arc, Mutex};
use pyo3::prelude::*;
#[pyclass(frozen)]
struct Feed { listeners: Arc<Mutex<Vec<Py<PyAny>>>> }
#[pymethods]
impl Feed {
    fn start(&self) {
        let listeners = self.listeners.clone();
        std::thread::spawn(move || loop {
            let held = listeners.lock().unwrap();
            Python::attach(|py| for listener in held.iter() { listener.call0(py).ok(); });
        });
    }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Feed; }
//# good: attached first
use std::sync::{Arc, Mutex};
use pyo3::prelude::*;
#[pyclass(frozen)]
struct Feed { listeners: Arc<Mutex<Vec<Py<PyAny>>>> }
#[pymethods]
impl Feed {
    fn start(&self) {
        let listeners = self.listeners.clone();
        std::thread::spawn(move || loop {
            Python::attach(|py| {
                let copies: Vec<_> = listeners.lock().unwrap().iter().map(|one| one.clone_ref(py)).collect();
                for listener in copies { if let Err(error) = listener.call0(py) { error.write_unraisable(py, None); } }
            });
        });
    }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Feed; }
