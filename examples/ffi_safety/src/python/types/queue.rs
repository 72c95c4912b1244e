//! A queue between threads: waiting, ownership, and garbage collection.

use std::time::{Duration, Instant};

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;

use crate::{Channel, Error};

/// The time between two checks for Ctrl-C while a thread waits.
const SLICE: Duration = Duration::from_millis(50);

/// A queue of objects between threads.
// Frozen: with `&mut self`, a second thread would get "Already borrowed". The mutable state has a lock of its own.
#[pyclass(module = "ffi_safety", frozen)]
pub(crate) struct Queue(Channel<Py<PyAny>>);

#[pymethods]
impl Queue {
    #[new]
    #[pyo3(signature = (capacity = None))]
    fn new(capacity: Option<usize>) -> Result<Self, Error> {
        // The type of Python's reference counts and sizes has no larger values.
        Channel::new(capacity.unwrap_or(isize::MAX as usize)).map(Self)
    }

    /// Put `item` in; wait for room for at most `timeout` seconds, by default without limit.
    ///
    /// Raises queue.Full, or ClosedError.
    #[pyo3(signature = (item, timeout = None))]
    fn put(&self, py: Python<'_>, item: Py<PyAny>, timeout: Option<f64>) -> PyResult<()> {
        let deadline = Deadline::after(timeout)?;
        let mut item = item;
        loop {
            // Attached: the reference moves from this call into the queue while no collector runs.
            match self.0.push(item) {
                Ok(()) => return Ok(()),
                Err((back, Error::Full)) => {
                    item = back;
                    let slice = deadline.slice(Error::Full)?;
                    // Detached: the thread that makes room has to run. The closure captures no reference.
                    py.detach(|| self.0.wait_for_room(slice));
                    py.check_signals()?;
                }
                Err((_, error)) => return Err(error.into()),
            }
        }
    }

    /// Take the oldest item; wait for one for at most `timeout` seconds, by default without limit.
    ///
    /// Raises queue.Empty, or ClosedError when nothing is left in a closed queue.
    #[pyo3(signature = (timeout = None))]
    fn get(&self, py: Python<'_>, timeout: Option<f64>) -> PyResult<Py<PyAny>> {
        let deadline = Deadline::after(timeout)?;
        loop {
            match self.0.pop() {
                Err(Error::Empty) => {
                    let slice = deadline.slice(Error::Empty)?;
                    py.detach(|| self.0.wait_for_item(slice));
                    py.check_signals()?;
                }
                other => return Ok(other?),
            }
        }
    }

    /// Close the queue. Its remaining items can still be taken.
    fn close(&self) {
        self.0.close();
    }

    /// The items, oldest first. They stay in the queue.
    fn items(&self, py: Python<'_>) -> Vec<Py<PyAny>> {
        let mut items = Vec::new();
        // Under the lock only copy references. The list is created from them afterwards: creating one can
        // start the collector, which takes this lock.
        let copied: Result<(), std::convert::Infallible> = self.0.visit(|item| {
            items.push(item.clone_ref(py));
            Ok(())
        });
        let Ok(()) = copied;
        items
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    // Not `__repr__` of the items: one of them can be this queue.
    fn __repr__(&self) -> String {
        format!("<Queue of {} items>", self.0.len())
    }

    /// For the collector: each reference that this object owns.
    // A queue can hold an object that holds the queue. Without this, the cycle would leak silently.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.0.visit(|item| visit.call(item))
    }

    fn __clear__(&self) {
        // Taken out under the lock; dropped here, where a `__del__` can use the queue again.
        drop(self.0.drain());
    }
}

/// When to stop waiting.
struct Deadline(Option<Instant>);

impl Deadline {
    fn after(seconds: Option<f64>) -> Result<Self, Error> {
        let Some(seconds) = seconds else { return Ok(Self(None)) };
        if seconds.is_nan() || seconds < 0.0 {
            return Err(Error::NoTime);
        }
        // A time beyond the clock's range means no limit.
        let time = Duration::try_from_secs_f64(seconds).ok();
        Ok(Self(time.and_then(|time| Instant::now().checked_add(time))))
    }

    /// The remaining time to wait, or the error for a timeout.
    fn slice(&self, late: Error) -> Result<Duration, Error> {
        let Some(end) = self.0 else { return Ok(SLICE) };
        match end.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(late),
            left => Ok(left.min(SLICE)),
        }
    }
}
