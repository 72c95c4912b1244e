//! Code that is wrong only in some conditions: in threads, without memory, at the end of the process, after a fork.

use std::cell::UnsafeCell;
use std::hint::black_box;
use std::sync::mpsc::{channel, Sender};
use std::sync::{Mutex, OnceLock};

use pyo3::exceptions::{PyMemoryError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

struct Unlocked(UnsafeCell<Vec<Box<u64>>>);
// SAFETY: none, this is the defect.
unsafe impl Sync for Unlocked {}
static UNLOCKED: Unlocked = Unlocked(UnsafeCell::new(Vec::new()));
static LOCKED: Mutex<Vec<Box<u64>>> = Mutex::new(Vec::new());
/// Often enough that two threads meet.
const OFTEN: u64 = 20_000;

fn fill(list: &mut Vec<Box<u64>>) -> usize {
    for number in 0..OFTEN {
        list.push(Box::new(black_box(number)));
        if list.len() > 8 {
            list.clear();
            list.shrink_to_fit();
        }
    }
    list.len()
}

/// Changes a list without a lock, while other threads run.
#[pyfunction]
pub fn race(py: Python<'_>) -> usize {
    // SAFETY: none, this is the defect.
    py.detach(|| fill(unsafe { &mut *UNLOCKED.0.get() }))
}

#[pyfunction]
pub fn race_fixed(py: Python<'_>) -> usize {
    py.detach(|| fill(&mut LOCKED.lock().unwrap()))
}

/// Panics for what it does not expect.
#[pyfunction]
pub fn panic_if_empty(text: &str) -> char {
    text.chars().next().unwrap()
}

#[pyfunction]
pub fn panic_if_empty_fixed(text: &str) -> PyResult<char> {
    text.chars().next().ok_or_else(|| PyValueError::new_err("an empty text"))
}

extern "C" fn from_c(number: u64) -> u64 {
    assert!(number < 1000, "planted: too large");
    number
}

/// Panics in a function that C calls, which aborts the process.
#[pyfunction]
pub fn abort_if_large(number: u64) -> u64 {
    from_c(number)
}

#[pyfunction]
pub fn abort_if_large_fixed(number: u64) -> PyResult<u64> {
    if number < 1000 { Ok(from_c(number)) } else { Err(PyValueError::new_err("too large")) }
}

/// Does not check whether there is memory.
#[pyfunction]
pub fn unchecked(py: Python<'_>) -> Py<PyAny> {
    // SAFETY: none, this is the defect: the first call returns null without memory.
    unsafe {
        let bytes = ffi::PyBytes_FromStringAndSize(std::ptr::null(), 1000);
        *ffi::PyBytes_AsString(bytes) = 1;
        Bound::from_owned_ptr(py, bytes).unbind()
    }
}

#[pyfunction]
pub fn unchecked_fixed(py: Python<'_>) -> PyResult<Py<PyBytes>> {
    // PyBytes::new panics without memory.
    let made = PyBytes::new_with(py, 1000, |bytes| {
        bytes[0] = 1;
        Ok(())
    });
    made.map(Bound::unbind).map_err(|_| PyMemoryError::new_err("no memory"))
}

extern "C" fn too_late() {
    // SAFETY: none, this is the defect: there is no interpreter.
    unsafe { ffi::Py_DecRef(ffi::PyList_New(0)) };
}

extern "C" fn harmless() {
    black_box(1);
}

/// Calls Python after it has ended.
#[pyfunction]
pub fn at_exit() {
    // SAFETY: it takes a function without arguments.
    unsafe { ffi::Py_AtExit(Some(too_late)) };
}

#[pyfunction]
pub fn at_exit_fixed() {
    // SAFETY: it takes a function without arguments.
    unsafe { ffi::Py_AtExit(Some(harmless)) };
}

type Job = (u64, Sender<u64>);

fn pool() -> &'static Mutex<Sender<Job>> {
    static POOL: OnceLock<Mutex<Sender<Job>>> = OnceLock::new();
    POOL.get_or_init(|| {
        let (sender, jobs) = channel::<Job>();
        std::thread::spawn(move || {
            for (number, reply) in jobs {
                let _ = reply.send(number.wrapping_mul(2));
            }
        });
        Mutex::new(sender)
    })
}

/// Waits for a thread, which a forked child does not have.
#[pyfunction]
pub fn pooled(py: Python<'_>, number: u64) -> u64 {
    py.detach(|| {
        let (reply, answer) = channel();
        pool().lock().unwrap().send((number, reply)).unwrap();
        answer.recv().unwrap()
    })
}

#[pyfunction]
pub fn pooled_fixed(number: u64) -> u64 {
    number.wrapping_mul(2)
}

/// Returns a value although it has set an exception.
#[pyfunction]
pub fn error_and_value(py: Python<'_>) -> u8 {
    PyValueError::new_err("planted").restore(py);
    1
}

#[pyfunction]
pub fn error_and_value_fixed() -> PyResult<u8> {
    Err(PyValueError::new_err("planted"))
}

/// For breakpoints: a value of each kind.
#[pyfunction]
#[pyo3(signature = (text, items, maybe = None))]
pub fn values(text: String, items: Vec<u64>, maybe: Option<f64>) -> usize {
    black_box(text.len() + items.len() + usize::from(maybe.is_some()))
}
