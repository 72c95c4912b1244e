//! What monowheel starts ends with monowheel, also when nobody can end it any more because monowheel was killed.
//!
//! On Unix every process that is started leads a process group, to which all belong that it starts itself. A watcher, one
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
