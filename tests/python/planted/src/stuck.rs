//! Threads that wait for ever, and ends without an exception.

use std::sync::Mutex;
use std::time::Duration;

use pyo3::prelude::*;

static ORDER: Mutex<u32> = Mutex::new(0);

/// Locks the mutex and calls Python, which may detach and give the GIL to a thread that wants the mutex.
#[pyfunction]
pub fn deadlock(callback: &Bound<'_, PyAny>) -> PyResult<u32> {
    let mut locked = ORDER.lock().unwrap();
    callback.call0()?;
    *locked += 1;
    Ok(*locked)
}

/// Detaches before it waits for the mutex.
#[pyfunction]
pub fn deadlock_fixed(py: Python<'_>, callback: Py<PyAny>) -> PyResult<u32> {
    py.detach(|| {
        let mut locked = ORDER.lock().unwrap();
        Python::attach(|py| callback.call0(py))?;
        *locked += 1;
        Ok(*locked)
    })
}

/// Holds the GIL while it waits for something else.
#[pyfunction]
pub fn hold_gil(seconds: u64) {
    std::thread::sleep(Duration::from_secs(seconds));
}

#[pyfunction]
pub fn panic() {
    panic!("planted");
}

#[pyfunction]
pub fn abort() {
    std::process::abort();
}

#[pyfunction]
pub fn segfault() -> u8 {
    // SAFETY: none, this is the defect.
    unsafe { std::ptr::read_volatile(8 as *const u8) }
}
