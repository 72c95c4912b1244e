//# rule: blocking-call-while-attached warning
//# report: EricLBuehler/mistral.rs#1909
//# dependency: pyo3 = { version = "0.28" }
//# dependency: tokio = { version = "1", features = ["full"] }
//# bad: tokio channels: blocking_send and blocking_recv while attached
use pyo3::prelude::*;

use tokio::sync::mpsc::{channel, Sender};

#[pyclass(frozen)]
struct Runner {
    requests: Sender<u64>,
}

#[pymethods]
impl Runner {
    fn __repr__(&self) -> &'static str {
        "Runner()"
    }

    fn send(&self) -> Option<u64> {
        let (sender, mut receiver) = channel::<u64>(1);
        drop(sender);
        self.requests.blocking_send(1).ok()?;
        receiver.blocking_recv()
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Runner>()?;
    Ok(())
}
//# good
use pyo3::prelude::*;

use tokio::sync::mpsc::{channel, Sender};

#[pyclass(frozen)]
struct Runner {
    requests: Sender<u64>,
}

#[pymethods]
impl Runner {
    fn __repr__(&self) -> &'static str {
        "Runner()"
    }

    fn send(&self, py: Python<'_>) -> Option<u64> {
        py.detach(|| {
            let (sender, mut receiver) = channel::<u64>(1);
            drop(sender);
            self.requests.blocking_send(1).ok()?;
            receiver.blocking_recv()
        })
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Runner>()?;
    Ok(())
}
//# bad: a channel of std
use std::sync::mpsc;
#[pyfunction]
fn next() -> u64 { let (sender, receiver) = mpsc::channel::<u64>(); start(sender); receiver.recv().unwrap_or(0) }
//# bad: a thread is joined, by a handle in a field
#[pyclass]
struct Worker { handle: Option<std::thread::JoinHandle<()>> }
#[pymethods]
impl Worker {
    fn stop(&mut self) { if let Some(handle) = self.handle.take() { handle.join().ok(); } }
}
//# good: strings are joined
#[pyfunction]
fn line(parts: Vec<String>) -> String { parts.join(" ") }
//# bad: sleeps, by an alias
use std::thread as threads;
#[pyfunction]
fn pause() { threads::sleep(std::time::Duration::from_secs(1)) }
//# bad: crossbeam, with a timeout
#[pyclass(frozen)]
struct Events { receiver: crossbeam_channel::Receiver<u64> }
#[pymethods]
impl Events {
    fn next(&self) -> Option<u64> { self.receiver.recv_timeout(Duration::from_secs(1)).ok() }
}
//# good: what does not wait
#[pyclass(frozen)]
struct Events { receiver: crossbeam_channel::Receiver<u64> }
#[pymethods]
impl Events {
    fn next(&self) -> Option<u64> { self.receiver.try_recv().ok() }
}
//# bad: a loop inside of attach, PyO3/pyo3#4498
fn run(mut requests: UnboundedReceiver<Request>) {
    Python::with_gil(|py| loop {
        while let Some(request) = requests.blocking_recv() {
            request.answer(Err(PyValueError::new_err("no")));
        }
    })
}
