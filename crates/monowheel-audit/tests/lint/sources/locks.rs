use std::sync::{Mutex, RwLock};

use pyo3::prelude::*;
use pyo3::sync::MutexExt;

#[pyclass(frozen, str)]
struct Bell {
    ring: Mutex<Vec<Py<PyString>>>,
    table: RwLock<Vec<Py<PyString>>>,
    sensor: Sensor,
    shared: Shared,
}

/// Whose methods are called as those of a lock.
struct Sensor {
    number: u32,
}

impl Sensor {
    fn read(&self) -> u32 {
        self.number
    }
}

type Shared = std::sync::Arc<RwLock<u32>>;

fn table() -> &'static RwLock<u32> {
    &TABLE
}

impl Bell {
    fn locked(&self) -> std::sync::MutexGuard<'_, Vec<Py<PyString>>> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count_locked(&self) -> usize {
        0
    }
}

fn tells(py: Python<'_>, one: &Py<PyString>) {
    let _ = one.call0(py);
}

fn attaches() {
    Python::attach(|py| tells(py, &ONE));
}

#[pymethods]
impl Bell {
    fn bound(&self, py: Python<'_>) -> PyResult<()> {
        let ring = self.ring.lock().map_err(poisoned)?;
        for one in ring.iter() {
            one.call0(py)?; //~ lock-held-across-python
        }
        Ok(())
    }

    fn in_a_match(&self, py: Python<'_>) -> PyResult<()> {
        match self.ring.lock().map_err(poisoned)?.pop() {
            Some(one) => one.call1(py, (1,)).map(|_| ()), //~ lock-held-across-python
            None => Ok(()),
        }
    }

    fn in_an_if_let(&self, py: Python<'_>) {
        if let Some(one) = self.ring.lock_py_attached(py).unwrap().pop() {
            let _ = one.call_method0(py, "go"); //~ lock-held-across-python interrupt-swallowed
        }
        if let Some(one) = self.ring.lock().ok().and_then(|mut ring| ring.pop()) {
            let _ = one.call_method0(py, "go"); //~ interrupt-swallowed
        }
    }

    fn in_one_statement(&self, py: Python<'_>) {
        let _ = self.ring.lock().map(|ring| ring.len()).map(|len| self.tell(py, len));
        self.ring.lock_py_attached(py).ok();
        let _ = self.table.read().get(0).call_method1(py, "go", ()); //~ lock-held-across-python interrupt-swallowed
    }

    fn detached(&self, py: Python<'_>) {
        let guard = self.ring.lock();
        py.detach(|| work()); //~ lock-held-across-python
        drop(guard);
        py.detach(|| work());
    }

    fn attaching(&self) {
        let other = std::thread::spawn(move || {
            let guard = SHARED.lock();
            Python::attach(|py| done(py)); //~ lock-held-across-python
        });
    }

    fn dropped(&self, py: Python<'_>) -> PyResult<()> {
        let ring = self.ring.lock().map_err(poisoned)?;
        let first = ring.first().map(|one| one.clone_ref(py));
        drop(ring);
        first.map(|one| one.call0(py)).transpose().map(|_| ())
    }

    fn in_a_block(&self, py: Python<'_>) -> PyResult<()> {
        let all = {
            let ring = self.ring.lock().map_err(poisoned)?;
            ring.iter().map(|one| one.clone_ref(py)).collect::<Vec<_>>()
        };
        all.iter().try_for_each(|one| one.call0(py).map(|_| ()))
    }

    fn taken_out(&self, py: Python<'_>) {
        let first = self.ring.lock().ok().and_then(|mut ring| ring.pop());
        if let Some(one) = first {
            let _ = one.call0(py); //~ interrupt-swallowed
        }
    }

    fn moved(&self, py: Python<'_>) {
        let ring = self.ring.lock();
        take(ring);
        let _ = self.other.call0(py); //~ interrupt-swallowed
    }

    fn not_kept(&self, py: Python<'_>) {
        let _ = self.ring.lock();
        let _ = self.other.call0(py); //~ interrupt-swallowed
    }

    fn of_a_stream(&self, py: Python<'_>) {
        let out = std::io::stdout().lock();
        let _ = self.other.call0(py); //~ interrupt-swallowed
    }

    fn of_a_sensor(&self, py: Python<'_>, other: &Sensor) {
        let value = self.sensor.read();
        let more = other.read();
        let _ = self.other.call1(py, (value, more)); //~ interrupt-swallowed
    }

    fn of_an_alias(&self, py: Python<'_>) {
        let value = self.shared.read();
        let _ = self.other.call0(py); //~ lock-held-across-python interrupt-swallowed
    }

    fn of_a_result(&self, py: Python<'_>) {
        let value = table().read();
        let _ = self.other.call0(py); //~ lock-held-across-python interrupt-swallowed
    }

    fn of_a_variable(&self, py: Python<'_>) {
        let table = &self.table;
        let rows = table.write();
        let _ = self.other.call0(py); //~ lock-held-across-python interrupt-swallowed
    }

    fn in_a_helper(&self, py: Python<'_>, one: &Py<PyString>) {
        let ring = self.ring.lock();
        tells(py, one); //~ lock-held-across-python
    }

    fn in_a_helper_elsewhere(&self, py: Python<'_>) {
        py.detach(|| {
            let ring = self.ring.lock();
            attaches(); //~ lock-held-across-python
        });
        attaches();
    }

    fn of_a_function(&self, py: Python<'_>) {
        let ring = self.locked();
        let _ = self.other.call0(py); //~ lock-held-across-python interrupt-swallowed
    }

    fn of_a_function_that_gives_none(&self, py: Python<'_>) {
        let count = self.count_locked();
        let _ = self.other.call0(py); //~ interrupt-swallowed
    }

    fn of_an_attribute(&self, py: Python<'_>, one: &Bound<'_, PyAny>) {
        let ring = self.ring.lock();
        let name = one.getattr("name"); //~ lock-held-across-python
        drop(ring);
        let other = one.getattr("other");
    }

    fn not_a_lock(&self, py: Python<'_>, file: &mut File) {
        let data = file.read(&mut buffer);
        let _ = self.other.call0(py); //~ interrupt-swallowed
    }
}
