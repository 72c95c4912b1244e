//! A bounded channel.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::Error;

/// A bounded channel for many threads.
///
/// Waiting and taking are two steps. Users with values that need more than a lock to be moved (such as Python objects)
/// wait while others may run, and take while they may not.
///
/// No value is ever dropped under the lock: a destructor can do anything, even use this channel. A refused value is
/// given back.
#[derive(Debug)]
pub struct Channel<T> {
    state: Mutex<State<T>>,
    /// There is an item, or the channel is closed.
    filled: Condvar,
    /// There is room, or the channel is closed.
    freed: Condvar,
    capacity: usize,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<T>,
    closed: bool,
}

impl<T> Channel<T> {
    /// A channel with room for `capacity` items.
    pub fn new(capacity: usize) -> Result<Self, Error> {
        if capacity == 0 {
            return Err(Error::NoCapacity);
        }
        let state = Mutex::new(State { items: VecDeque::new(), closed: false });
        Ok(Self { state, filled: Condvar::new(), freed: Condvar::new(), capacity })
    }

    /// Put `item` in, or give it back.
    pub fn push(&self, item: T) -> Result<(), (T, Error)> {
        let mut state = self.lock();
        if state.closed {
            return Err((item, Error::Closed));
        }
        if state.items.len() == self.capacity {
            return Err((item, Error::Full));
        }
        state.items.push_back(item);
        drop(state);
        self.filled.notify_one();
        Ok(())
    }

    /// Take the oldest item. A closed channel gives its remaining items, and then reports that it is closed.
    pub fn pop(&self) -> Result<T, Error> {
        let mut state = self.lock();
        let item = state.items.pop_front().ok_or(if state.closed { Error::Closed } else { Error::Empty })?;
        drop(state);
        self.freed.notify_one();
        Ok(item)
    }

    /// Wait for an item or the close, for at most `time`. Another thread may take the item first.
    pub fn wait_for_item(&self, time: Duration) {
        let none = |state: &mut State<T>| state.items.is_empty() && !state.closed;
        drop(self.filled.wait_timeout_while(self.lock(), time, none));
    }

    /// Wait for room or the close, for at most `time`.
    pub fn wait_for_room(&self, time: Duration) {
        let none = |state: &mut State<T>| state.items.len() == self.capacity && !state.closed;
        drop(self.freed.wait_timeout_while(self.lock(), time, none));
    }

    /// Close the channel.
    pub fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
        self.freed.notify_all();
    }

    /// Take all items.
    #[must_use]
    pub fn drain(&self) -> VecDeque<T> {
        let items = std::mem::take(&mut self.lock().items);
        self.freed.notify_all();
        items
    }

    /// Call `visit` for each item, under the lock: it must not use this channel.
    pub fn visit<E>(&self, visit: impl FnMut(&T) -> Result<(), E>) -> Result<(), E> {
        self.lock().items.iter().try_for_each(visit)
    }

    /// The number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().items.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The maximum number of items.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// A thread that panicked cannot leave a partial change: each change is one call.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
