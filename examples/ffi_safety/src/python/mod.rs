//! The extension module `ffi_safety._ffi_safety`, and the rules that its types keep.
//!
//! `Py<T>` owns a reference, can be kept and sent to another thread, and does nothing by itself. `Bound<'py, T>` is a
//! reference while this thread is attached: everything that can be done with an object is done through one. So structs
//! hold `Py`, functions take `&Bound`, and what the compiler refuses is in [`refused`].
//!
//! What no compiler checks:
//!
//! 1. **Wait detached.** A thread that waits and stays attached stops every other one, the one it waits for too.
//! 2. **Move references attached.** The collector runs attached, and looks at an object twice: what it counts, and what it
//!    can reach. An item that a detached thread takes out between the two is counted and not reached: it would be
//!    collected in that thread's hands.
//! 3. **Nothing of Python under a lock.** To call, to make or to drop an object can run any code: code that wants this
//!    lock, or the collector, which wants it too. Under a lock references are copied or moved, and no more.
//! 4. **`__traverse__` tells everything, each time.** It takes the lock and does not merely try to: an item that is left
//!    out the second time looks unreachable. It can take the lock because of rules 2 and 3: who holds it never waits to
//!    be attached. `MutexExt::lock_py_attached` would break that: it takes the lock first and attaches then.
//! 5. **`__clear__` takes out under the lock and drops after it.**
//! 6. **Threads end before the interpreter does.** Below 3.14, CPython ends a daemon thread that comes back from `detach`
//!    too late by unwinding it, right through Rust. PyO3 stops that where the unwinder is the system's, as in wheels of
//!    monowheel; in a library that has one of its own, as `maturin build --zig` links it, the process crashes. So a queue
//!    can be closed: its threads end and are joined.

use pyo3::prelude::*;

mod errors;
#[cfg(any(doc, doctest))]
mod refused;
mod types;

/// The compiled half of `ffi_safety`.
// True for both classes: each is frozen and keeps what changes behind a lock.
#[pymodule(gil_used = false)]
mod _ffi_safety {
    #[pymodule_export]
    use super::errors::ClosedError;
    #[pymodule_export]
    use super::types::{Node, Queue};

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "the name Python knows")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
