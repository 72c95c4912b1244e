//# rule: attach-in-drop note
//# report: pyo3#4092
//# dependency: pyo3 = "0.28"
//# bad: drop attaches in helper
use pyo3::prelude::*;
struct Session { closed: Py<PyAny> }
impl Session { fn close(&self) { Python::attach(|py| { let _ = self.closed.call0(py); }); } }
impl Drop for Session { fn drop(&mut self) { self.close(); } }
#[pyfunction]
fn open(closed: Py<PyAny>) { let _session = Session { closed }; }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(open, m)?)?;
    Ok(())
}

//# good: drop attaches in helper
use pyo3::prelude::*;
struct Session { closed: Py<PyAny> }
impl Session { fn close(&self) { Python::try_attach(|py| { let _ = self.closed.call0(py); }); } }
impl Drop for Session { fn drop(&mut self) { self.close(); } }
#[pyfunction]
fn open(closed: Py<PyAny>) { let _session = Session { closed }; }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(open, m)?)?;
    Ok(())
}
