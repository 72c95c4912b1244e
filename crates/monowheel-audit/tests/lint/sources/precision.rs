//! Code of published projects that is right, or hardly worth a word, beside code that is not.

use std::collections::{HashMap, hash_map};
use std::sync::{Arc, Mutex, OnceLock, RwLock};

use pyo3::prelude::*;
use rayon::prelude::*;

#[pyfunction]
fn sum_detached(py: Python<'_>, rows: Vec<u64>) -> u64 {
    let work = || rows.par_iter().sum::<u64>();
    py.detach(work)
}

#[pyfunction]
fn sum_detached_if_long(py: Python<'_>, rows: Vec<u64>) -> u64 {
    let work = || rows.par_iter().sum::<u64>();
    if rows.len() > 2048 { py.detach(work) } else { work() }
}

/// A closure of one name in each block, which run differently.
#[pyfunction]
fn sum_in_blocks(py: Python<'_>, rows: Vec<u64>) -> u64 {
    let first = {
        let work = || rows.par_iter().sum::<u64>();
        py.detach(work)
    };
    let second = {
        let work = || rows.par_iter().sum::<u64>(); //~ rayon-while-attached
        work()
    };
    first + second
}

#[pyfunction]
fn sum_attached(rows: Vec<u64>) -> u64 {
    let work = || rows.par_iter().sum::<u64>(); //~ rayon-while-attached
    work()
}

#[pyclass(frozen, str)]
struct Feed {
    sender: Sender<u64>,
}

#[pymethods]
impl Feed {
    fn all(&self, py: Python<'_>, rows: &Bound<'_, PyAny>) -> PyResult<()> {
        loop {
            let one: u64 = rows.call_method0("__next__")?.extract()?;
            py.detach(|| self.sender.blocking_send(one));
        }
    }

    fn none(&self, py: Python<'_>) {
        loop { //~ loop-without-signals
            py.detach(|| self.sender.blocking_send(0));
        }
    }
}

/// Only methods that PyO3 refuses while a reader has the object write.
#[pyclass(str)]
struct Map {
    rows: RwLock<Vec<f64>>,
}

#[pymethods]
impl Map {
    fn clear(&mut self) {
        self.rows.write().unwrap().clear();
    }

    fn sample(&self, py: Python<'_>) -> f64 {
        let rows = self.rows.read().unwrap();
        py.detach(|| rows.iter().sum()) //~ lock-held-across-python
    }
}

/// Its writers do not borrow the object exclusively.
#[pyclass(frozen, str)]
struct Shared {
    lines: RwLock<Vec<f64>>,
}

#[pymethods]
impl Shared {
    fn clear(&self) {
        self.lines.write().unwrap().clear();
    }

    fn sample(&self, py: Python<'_>) -> f64 {
        let lines = self.lines.read().unwrap();
        py.detach(|| lines.iter().sum()) //~ lock-held-across-python
    }

    /// The kind of the first call would be a warning only.
    fn names(&self, py: Python<'_>, one: &Bound<'_, PyAny>) -> PyResult<()> {
        let lines = self.lines.read().unwrap();
        let name = one.getattr("name")?;
        name.call1((lines.len(),))?; //~ lock-held-across-python
        Ok(())
    }

    fn of_own_type(&self, py: Python<'_>) -> PyResult<()> {
        let _lines = self.lines.read().unwrap();
        py.get_type::<Self>().getattr("from_list")?;
        Ok(())
    }

    /// The closure is kept.
    fn route(&self, py: Python<'_>) {
        py.detach(|| {
            for line in self.lines.read().unwrap().iter() {
                let line = *line;
                App::to(move |_request| Python::attach(|_| line));
            }
        });
    }
}

/// Python only reads what Rust made.
#[pyclass(str)]
struct Event { //~ missing-traverse
    changes: Option<Py<PyDict>>,
    known: OnceLock<Py<PyAny>>,
}

#[pymethods]
impl Event {
    #[new]
    fn new(size: usize) -> Self {
        Self { changes: None, known: OnceLock::new() }
    }

    fn changes(&mut self, py: Python<'_>) -> Py<PyDict> {
        self.changes.get_or_insert_with(|| PyDict::new(py).unbind()).clone_ref(py)
    }
}

#[pyclass(str)]
struct Button { //~ missing-traverse
    action: Option<Py<PyAny>>,
}

#[pymethods]
impl Button {
    fn connect(&mut self, action: Py<PyAny>) {
        self.action = Some(action);
    }
}

/// Another map may own a part of the shared one, too.
#[pyclass(str)]
struct Rows { //~ missing-traverse
    borrowed: hash_map::Iter<'static, String, Py<PyAny>>,
    shared: HashTrieMapSync<String, Py<PyAny>>,
    counted: Arc<Mutex<HashMap<String, u64>>>,
}

fn rows() -> Rows {
    work()
}

#[pymethods]
impl Rows {
    fn insert(&mut self, key: String, value: Py<PyAny>) {
        self.shared.insert_mut(key, value);
    }

    fn __next__(&mut self, py: Python<'_>) -> Option<u64> {
        py.detach(|| self.borrowed.next()) //~ exclusive-self-across-detach
    }
}
