//# rule: exclusive-self-needless warning
//# report: optuna/rustuna#160
//# dependency: pyo3 = { version = "0.28" }
//# bad: &mut self although all state is behind an Arc<RwLock>: Already borrowed for concurrent callers
use pyo3::prelude::*;

use std::sync::{Arc, RwLock};

#[pyclass]
struct Storage {
    inner: Arc<RwLock<Vec<u64>>>,
}

#[pymethods]
impl Storage {
    #[new]
    fn new() -> Self {
        Self { inner: Arc::default() }
    }

    fn __repr__(&self) -> &'static str {
        "Storage()"
    }

    fn create_trial(&mut self, study: u64) -> usize {
        let mut trials = self.inner.write().unwrap();
        trials.push(study);
        trials.len()
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Storage>()?;
    Ok(())
}
//# good
use pyo3::prelude::*;

use std::sync::{Arc, RwLock};

#[pyclass(frozen)]
struct Storage {
    inner: Arc<RwLock<Vec<u64>>>,
}

#[pymethods]
impl Storage {
    #[new]
    fn new() -> Self {
        Self { inner: Arc::default() }
    }

    fn __repr__(&self) -> &'static str {
        "Storage()"
    }

    fn create_trial(&self, study: u64) -> usize {
        let mut trials = self.inner.write().unwrap();
        trials.push(study);
        trials.len()
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Storage>()?;
    Ok(())
}
//# bad: atomics, and a guard with a name
#[pyclass]
struct Storage { count: AtomicU64, rows: Arc<Mutex<Vec<u64>>> }
#[pymethods]
impl Storage {
    fn add(&mut self, one: u64) { let mut rows = self.rows.lock().unwrap(); rows.push(one); self.count.fetch_add(1, Relaxed); }
}
//# bad: a lock of parking_lot by an alias
type Shared<T> = Arc<parking_lot::RwLock<T>>;
#[pyclass]
struct Storage { rows: Shared<Vec<u64>> }
#[pymethods]
impl Storage {
    fn add(&mut self, one: u64) { self.rows.write().push(one); }
}
//# good: a field without a lock changes
#[pyclass]
struct Storage { count: u64, rows: Arc<Mutex<Vec<u64>>> }
#[pymethods]
impl Storage {
    fn add(&mut self, one: u64) { self.rows.lock().unwrap().push(one); self.count += 1; }
}
//# good: the lock itself is replaced
#[pyclass]
struct Storage { rows: Arc<Mutex<Vec<u64>>> }
#[pymethods]
impl Storage {
    fn clear(&mut self) { self.rows = Arc::default(); }
}
