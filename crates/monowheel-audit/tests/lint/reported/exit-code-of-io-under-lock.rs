//# rule: lock-held-across-python error
//# report: mantidproject/mantid#33939 (the same in Rust)
//# dependency: pyo3 = { version = "0.28" }
//# bad: attached, a lock is waited for whose other holders attach
use pyo3::prelude::*;

use std::sync::{Arc, Mutex};

#[pyclass(frozen)]
struct Logger {
    lines: Arc<Mutex<Vec<String>>>,
    sink: Arc<Py<PyAny>>,
}

#[pymethods]
impl Logger {
    fn __repr__(&self) -> &'static str {
        "Logger()"
    }

    fn start(&self) {
        let (lines, sink) = (Arc::clone(&self.lines), Arc::clone(&self.sink));
        std::thread::spawn(move || {
            let lines = lines.lock().unwrap();
            let _ = Python::attach(|py| sink.call1(py, (lines.len(),)).map(drop));
        });
    }

    fn log(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Logger>()?;
    Ok(())
}
//# good
use pyo3::prelude::*;

use std::sync::{Arc, Mutex};

#[pyclass(frozen)]
struct Logger {
    lines: Arc<Mutex<Vec<String>>>,
    sink: Arc<Py<PyAny>>,
}

#[pymethods]
impl Logger {
    fn __repr__(&self) -> &'static str {
        "Logger()"
    }

    fn start(&self) {
        let (lines, sink) = (Arc::clone(&self.lines), Arc::clone(&self.sink));
        std::thread::spawn(move || {
            let count = lines.lock().unwrap().len();
            let _ = Python::attach(|py| sink.call1(py, (count,)).map(drop));
        });
    }

    fn log(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Logger>()?;
    Ok(())
}
