//! Ways to take a lock, to keep its guard, and to run Python code meanwhile.

use dashmap::DashMap;
use pyo3::prelude::*;
use std::sync::mpsc::Receiver;
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, OnceLock, RwLock};

struct State {
    callbacks: Vec<Py<PyAny>>,
    n: u64,
}
impl State {
    fn notify(&self) {
        Python::attach(|py| {
            for cb in &self.callbacks {
                let _ = cb.call0(py);
            }
        });
    }
    fn bump(&mut self) {
        self.n += 1;
    }
}
struct Inner {
    state: Mutex<State>,
}
impl Inner {
    fn refresh(&self) {
        Python::attach(|py| {
            let _ = py.import("json");
        });
    }
}
fn with_state<R>(state: &Mutex<State>, run: impl FnOnce(&mut State) -> R) -> R {
    let mut guard = state.lock().unwrap();
    run(&mut guard)
}
fn load() -> Py<PyModule> {
    Python::attach(|py| py.import("json").unwrap().unbind())
}
static JSON: LazyLock<Py<PyModule>> = LazyLock::new(load); //~ once-cell-attaches
static CELL: OnceLock<u32> = OnceLock::new();
fn version() -> u32 {
    Python::attach(|py| py.version_info().minor as u32)
}
fn cached() -> u32 {
    *CELL.get_or_init(version) //~ once-cell-attaches
}
fn cached2() -> u32 {
    *CELL.get_or_init(|| version()) //~ once-cell-attaches
}

trait Sink {
    fn state(&self) -> &Mutex<State>;
    fn flush_all(&self) {
        let state = self.state().lock().unwrap();
        Python::attach(|py| { //~ lock-held-across-python
            let _ = state.callbacks[0].call0(py);
        });
    }
}

#[pyclass(frozen)]
struct Bell { //~ missing-repr missing-traverse
    state: Mutex<State>,
    other: RwLock<State>,
    inner: Inner,
    map: DashMap<String, Py<PyAny>>,
    ready: Condvar,
    queue: parking_lot::Mutex<Vec<Py<PyAny>>>,
    aio: tokio::sync::Mutex<State>,
}

impl Bell {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
    fn with<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        let mut s = self.state.lock().unwrap();
        f(&mut s)
    }
}

#[pymethods]
impl Bell {
    fn a_match(&self, py: Python<'_>) {
        let guard = match self.state.lock() {
            Ok(g) => g,
            Err(p) => p.into_inner(),
        };
        let _ = guard.callbacks[0].call0(py); //~ lock-held-across-python interrupt-swallowed
    }
    fn a_iflet(&self, py: Python<'_>) {
        let guard = if let Ok(g) = self.state.lock() { g } else { return };
        let _ = guard.callbacks[0].call0(py); //~ lock-held-across-python interrupt-swallowed
    }
    fn ufcs(&self, py: Python<'_>) {
        let guard = Mutex::lock(&self.state).unwrap();
        let _ = guard.callbacks[0].call0(py); //~ lock-held-across-python interrupt-swallowed
    }
    fn tuple(&self, py: Python<'_>) {
        let (a, b) = (self.state.lock().unwrap(), self.other.read().unwrap());
        let _ = a.callbacks[0].call0(py); //~ lock-held-across-python interrupt-swallowed
    }
    fn reassigned(&self, py: Python<'_>) {
        let mut guard = self.state.lock().unwrap();
        drop(guard);
        guard = self.state.lock().unwrap();
        let _ = guard.callbacks[0].call0(py); //~ lock-held-across-python interrupt-swallowed
    }
    fn mapped(&self, py: Python<'_>) {
        let callbacks = MutexGuard::map(self.state.lock().unwrap(), |s| &mut s.callbacks);
        let _ = callbacks[0].call0(py); //~ lock-held-across-python interrupt-swallowed
    }
    fn helper_guard(&self, py: Python<'_>) {
        let state = self.state();
        let _ = state.callbacks[0].call0(py); //~ lock-held-across-python interrupt-swallowed
    }
    fn runner(&self, py: Python<'_>) {
        self.with(|state| {
            let _ = state.callbacks[0].call0(py); //~ lock-held-across-python interrupt-swallowed
        });
    }
    fn runner_fn(&self, py: Python<'_>) {
        with_state(&self.state, |state| {
            let _ = state.callbacks[0].call0(py); //~ lock-held-across-python interrupt-swallowed
        });
    }
    fn runner_ok(&self, py: Python<'_>) {
        let cb = self.with(|state| state.callbacks[0].clone_ref(py));
        let _ = cb.call0(py); //~ interrupt-swallowed
    }
    fn typed(&self, py: Python<'_>) {
        py.detach(|| {
            let guard = self.state.lock().unwrap();
            self.inner.refresh(); //~ lock-held-across-python
        });
    }
    fn typed_in_guard(&self, py: Python<'_>) {
        py.detach(|| self.state.lock().unwrap().notify()); //~ lock-held-across-python
    }
    fn typed_guard(&self, py: Python<'_>) {
        py.detach(|| {
            let state = self.state.lock().unwrap();
            state.notify(); //~ lock-held-across-python
        });
    }
    fn typed_ok(&self, py: Python<'_>) {
        py.detach(|| {
            let mut state = self.state.lock().unwrap();
            state.bump();
        });
    }
    fn dash(&self, py: Python<'_>) {
        let entry = self.map.get("a").unwrap(); //~ panic-in-binding
        let _ = entry.value().call0(py); //~ lock-held-across-python interrupt-swallowed
    }
    fn dash_for(&self, py: Python<'_>) {
        for entry in self.map.iter() {
            let _ = entry.value().call0(py); //~ lock-held-across-python interrupt-swallowed
        }
    }
    fn dash_ok(&self, py: Python<'_>) {
        let cb = self.map.get("a").map(|e| e.value().clone_ref(py));
        if let Some(cb) = cb {
            let _ = cb.call0(py); //~ interrupt-swallowed
        }
    }
    fn parking(&self, py: Python<'_>) {
        let q = self.queue.lock();
        for cb in q.iter() {
            let _ = cb.call1(py, (1,)); //~ lock-held-across-python interrupt-swallowed
        }
    }
    fn parking_try(&self, py: Python<'_>) {
        if let Some(q) = self.queue.try_lock() {
            let _ = q[0].call0(py); //~ lock-held-across-python interrupt-swallowed
        }
    }
    fn aio(&self, py: Python<'_>) {
        let s = py.detach(|| self.aio.blocking_lock());
        let _ = s.callbacks[0].call0(py); //~ lock-held-across-python interrupt-swallowed
    }
    fn aio2(&self, py: Python<'_>) {
        let s = self.aio.blocking_lock(); //~ blocking-call-while-attached
        let _ = s.callbacks[0].call0(py); //~ lock-held-across-python interrupt-swallowed
    }
    fn condvar(&self, py: Python<'_>) {
        let mut guard = self.state.lock().unwrap();
        guard = self.ready.wait(guard).unwrap(); //~ blocking-call-while-attached panic-in-binding
    }
    fn condvar_ok(&self, py: Python<'_>) {
        py.detach(|| {
            let guard = self.state.lock().unwrap();
            let _g = self.ready.wait(guard).unwrap(); //~ panic-in-binding
        });
    }
    fn shown(&self, py: Python<'_>, key: &Bound<'_, PyAny>) {
        let guard = self.state.lock().unwrap();
        let text = format!("{}", key); //~ lock-held-across-python
    }
    fn shown2(&self, py: Python<'_>, key: Bound<'_, PyAny>) {
        let guard = self.state.lock().unwrap();
        let text = format!("{key:?}"); //~ lock-held-across-python
    }
    fn shown3(&self, py: Python<'_>, key: &Bound<'_, PyAny>) {
        let guard = self.state.lock().unwrap();
        let text = key.str(); //~ lock-held-across-python
    }
    fn shown_ok(&self, py: Python<'_>, key: &Bound<'_, PyAny>) {
        let text = format!("{key}");
        let guard = self.state.lock().unwrap();
    }
    fn shown_error(&self, py: Python<'_>, err: PyErr) {
        let guard = self.state.lock().unwrap();
        let text = format!("{err}"); //~ lock-held-across-python
    }

    fn printed(&self, py: Python<'_>, err: PyErr) {
        let guard = self.state.lock().unwrap();
        err.print(py); //~ lock-held-across-python
    }
    fn unraisable(&self, py: Python<'_>, err: PyErr) {
        let guard = self.state.lock().unwrap();
        err.write_unraisable(py, None); //~ lock-held-across-python
    }
    fn signals(&self, py: Python<'_>) -> PyResult<()> {
        let guard = self.state.lock().unwrap();
        py.check_signals() //~ lock-held-across-python
    }
    fn let_else(&self, py: Python<'_>) {
        let Some(cb) = self.queue.lock().pop() else {
            let _ = self.cb.call0(py); //~ interrupt-swallowed
            return;
        };
        let _ = cb.call0(py); //~ interrupt-swallowed
    }
    fn while_let(&self, py: Python<'_>) {
        while let Some(cb) = self.queue.lock().pop() {
            let _ = cb.call0(py); //~ lock-held-across-python interrupt-swallowed
        }
    }
    fn while_let_ok(&self, py: Python<'_>) {
        loop { //~ loop-without-signals
            let Some(cb) = self.queue.lock().pop() else { break };
            let _ = cb.call0(py); //~ interrupt-swallowed
        }
    }
    fn deferred(&self, py: Python<'_>) {
        let guard;
        guard = self.state.lock().unwrap();
        let _ = guard.callbacks[0].call0(py); //~ lock-held-across-python interrupt-swallowed
    }
    fn receives(&self, rx: Receiver<u32>) {
        for x in rx {} //~ blocking-call-while-attached
    }
    fn detach_fn(&self, py: Python<'_>) {
        let guard = self.state.lock().unwrap();
        py.detach(work); //~ lock-held-across-python
    }
    fn spawned(&self, py: Python<'_>) {
        std::thread::spawn(attaching).join().unwrap(); //~ blocking-call-while-attached panic-in-binding
    }
    fn imports_it(&self, py: Python<'_>) {
        let guard = self.state.lock().unwrap();
        let json = py.import("json"); //~ lock-held-across-python
    }
    fn block_value(&self, py: Python<'_>) {
        let s = {
            let g = self.state.lock().unwrap();
            g.callbacks[0].clone_ref(py)
        };
        let _ = s.call0(py); //~ interrupt-swallowed
    }
    fn nested_scope(&self, py: Python<'_>) {
        {
            let g = self.state.lock().unwrap();
        }
        let _ = self.cb.call0(py); //~ interrupt-swallowed
    }
    fn is_none_check(&self, py: Python<'_>) {
        if self.state.lock().unwrap().n > 0 {
            let _ = self.cb.call0(py); //~ interrupt-swallowed
        }
    }
    fn match_scrutinee(&self, py: Python<'_>) {
        match self.state.lock().unwrap().n {
            0 => {}
            _ => {
                let _ = self.cb.call0(py); //~ lock-held-across-python interrupt-swallowed
            }
        }
    }
}
fn attaching() {
    Python::attach(|_| ());
}
fn work() {}
mod deep {
    mod deeper {
        use super::super::*;
        async fn later(state: &Mutex<State>) {
            let guard = state.lock().unwrap();
            Python::attach(|py| { //~ lock-held-across-python
                let _ = guard.callbacks[0].call0(py);
            });
        }
        impl Sink for Inner {
            fn state(&self) -> &Mutex<State> {
                &self.state
            }
        }
        impl std::io::Write for Inner {
            fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
                let state = self.state.lock().unwrap();
                Python::attach(|py| state.callbacks[0].call0(py)); //~ lock-held-across-python
                Ok(0)
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
    }
}
