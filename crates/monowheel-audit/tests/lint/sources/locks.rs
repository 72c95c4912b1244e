use std::sync::Mutex;

use pyo3::prelude::*;
use pyo3::sync::MutexExt;

#[pyclass(frozen, str)]
struct Bell {
    ring: Mutex<Vec<Py<PyString>>>,
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
        if let Some(one) = self.ring.lock().ok().and_then(|mut ring| ring.pop()) {
            let _ = one.call_method0(py, "go"); //~ lock-held-across-python
        }
    }

    fn in_one_statement(&self, py: Python<'_>) {
        let _ = self.ring.lock().map(|ring| ring.len()).map(|len| self.tell(py, len));
        self.ring.lock_py_attached(py).ok();
        let _ = self.table.read().get(0).call_method1(py, "go", ()); //~ lock-held-across-python
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
            let _ = one.call0(py);
        }
    }

    fn moved(&self, py: Python<'_>) {
        let ring = self.ring.lock();
        take(ring);
        let _ = self.other.call0(py);
    }

    fn not_kept(&self, py: Python<'_>) {
        let _ = self.ring.lock();
        let _ = self.other.call0(py);
    }

    fn of_a_stream(&self, py: Python<'_>) {
        let out = std::io::stdout().lock();
        let _ = self.other.call0(py);
    }

    fn not_a_lock(&self, py: Python<'_>, file: &mut File) {
        let data = file.read(&mut buffer);
        let _ = self.other.call0(py);
    }
}
