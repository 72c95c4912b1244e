//# rule: blocking-call-while-attached warning
//# report: granian#876
//# dependency: pyo3 = "0.28"
//# bad: wait join in drop
use pyo3::prelude::*;
#[pyclass]
struct Worker { thread: Option<std::thread::JoinHandle<()>>, callback: std::sync::Arc<Py<PyAny>> }
#[pymethods]
impl Worker {
    fn __repr__(&self) -> &str { "Worker" }
    fn start(&mut self) {
        let callback = self.callback.clone();
        self.thread = Some(std::thread::spawn(move || { Python::attach(|py| { let _ = callback.call0(py); }) }));
    }
}
impl Drop for Worker {
    fn drop(&mut self) { if let Some(thread) = self.thread.take() { let _ = thread.join(); } }
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Worker>()?;
    Ok(())
}

//# good: wait join in drop
use pyo3::prelude::*;
#[pyclass]
struct Worker { thread: Option<std::thread::JoinHandle<()>>, callback: std::sync::Arc<Py<PyAny>> }
#[pymethods]
impl Worker {
    fn __repr__(&self) -> &str { "Worker" }
    fn start(&mut self) {
        let callback = self.callback.clone();
        self.thread = Some(std::thread::spawn(move || { Python::attach(|py| { let _ = callback.call0(py); }) }));
    }
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Worker>()?;
    Ok(())
}
