//! Limits the number of parallel requests.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// How many more requests may start.
pub(super) struct Semaphore {
    free: Mutex<usize>,
    freed: Condvar,
}

pub(super) struct Permit(Arc<Semaphore>);

impl Semaphore {
    pub(super) fn new(count: usize) -> Self {
        Self { free: Mutex::new(count.max(1)), freed: Condvar::new() }
    }

    /// Waits for a permit; dropping it releases it.
    pub(super) fn take(self: &Arc<Self>) -> Permit {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.freed.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Permit(Arc::clone(self))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}
