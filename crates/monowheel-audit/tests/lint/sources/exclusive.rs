use std::sync::{Arc, Mutex, RwLock};

use pyo3::prelude::*;

#[pyclass(str)]
struct Storage {
    inner: Arc<RwLock<Vec<u64>>>,
    count: Mutex<u64>,
}

#[pymethods]
impl Storage {
    fn add(&mut self, one: u64) { //~ exclusive-self-needless
        self.inner.write().unwrap().push(one);
        self.counts();
    }

    fn counts(&self) {
        *self.count.lock().unwrap() += 1;
    }

    fn replace(&mut self) {
        self.inner = Arc::default();
    }

    fn take(&mut self) -> Vec<u64> {
        std::mem::take(&mut *Arc::get_mut(&mut self.inner).unwrap().get_mut().unwrap()) //~ panic-in-binding
    }

    fn through(&mut self) {
        self.replace();
    }

    fn away(&mut self) {
        work(self);
    }
}

#[pyclass(str)]
struct Counter {
    number: u32,
    on_step: Arc<Py<PyAny>>,
}

#[pymethods]
impl Counter {
    fn step(&mut self, py: Python<'_>) -> PyResult<()> {
        self.number += 1;
        self.on_step.call0(py)?; //~ exclusive-self-across-python
        Ok(())
    }

    fn step_shared(&self, py: Python<'_>) -> PyResult<()> {
        self.on_step.call0(py).map(drop)
    }

    fn __next__(&mut self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.number += 1;
        self.on_step.call0(py)
    }

    fn holds(slf: PyRefMut<'_, Self>, py: Python<'_>) -> u32 {
        let number = slf.number;
        py.detach(move || number + 1) //~ exclusive-self-across-detach
    }

    fn lets_go(mut slf: PyRefMut<'_, Self>, py: Python<'_>) -> u32 {
        slf.number += 1;
        let number = slf.number;
        drop(slf);
        py.detach(move || number + 1)
    }
}
