//# rule: unsafe-send-of-class note
//# report: pyo3#4265
//# dependency: pyo3 = "0.28"
//# bad: sync of wrapper
use pyo3::prelude::*;
use std::cell::RefCell;
struct Shared(RefCell<Vec<u64>>);
unsafe impl Sync for Shared {}
unsafe impl Send for Shared {}
#[pyclass(frozen)]
struct Log { inner: Shared }
#[pymethods]
impl Log { #[new] fn new() -> Self { Self { inner: Shared(RefCell::new(vec![])) } } fn __repr__(&self) -> &str { "L" }
    fn push(&self, n: u64) { self.inner.0.borrow_mut().push(n); } }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Log>()?;
    Ok(())
}

//# good: sync of wrapper
use pyo3::prelude::*;
use std::sync::Mutex;
struct Shared(Mutex<Vec<u64>>);
#[pyclass(frozen)]
struct Log { inner: Shared }
#[pymethods]
impl Log { #[new] fn new() -> Self { Self { inner: Shared(Mutex::new(vec![])) } } fn __repr__(&self) -> &str { "L" }
    fn push(&self, n: u64) { self.inner.0.lock().unwrap().push(n); } }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Log>()?;
    Ok(())
}

//# bad: sync of static
use pyo3::prelude::*;
use std::cell::UnsafeCell;
struct Global(UnsafeCell<u64>);
unsafe impl Sync for Global {}
static COUNT: Global = Global(UnsafeCell::new(0));
#[pyfunction]
fn bump() -> u64 { unsafe { *COUNT.0.get() += 1; *COUNT.0.get() } }
#[pymodule(gil_used = false)]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> { m.add_function(wrap_pyfunction!(bump, m)?)?; Ok(()) }

//# good: sync of static
use pyo3::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};
static COUNT: AtomicU64 = AtomicU64::new(0);
#[pyfunction]
fn bump() -> u64 { COUNT.fetch_add(1, Ordering::Relaxed) + 1 }
#[pymodule(gil_used = false)]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> { m.add_function(wrap_pyfunction!(bump, m)?)?; Ok(()) }
