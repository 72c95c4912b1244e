//! Child processes end with monowheel, even if monowheel was killed and cannot end them itself.
//!
//! On Unix, every child leads a process group, which includes all of its descendants. A watcher, one
//! small shell for each monowheel, has a list of these groups and the other end of a socket; when the socket closes,
//! monowheel is gone, and it kills the groups that are still on the list. `PR_SET_PDEATHSIG` would reach the first
//! process alone, and a compiler is the third or fourth. On Windows a job object does the same.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(super) use unix::{Leash, spawn};
#[cfg(windows)]
pub(super) use windows::{Leash, spawn};
