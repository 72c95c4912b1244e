//! The extension module `ffi_safety._ffi_safety`, and the rules that its types follow.
//!
//! `Py<T>` owns a reference, can be stored and sent to another thread, and does nothing by itself. `Bound<'py, T>` is
//! a reference while this thread is attached: every operation on an object goes through one. So structs hold `Py`,
//! functions take `&Bound`, and [`refused`] has the code that the compiler rejects.
//!
//! The compiler does not check these rules:
//!
//! 1. **Wait detached.** A thread that waits while attached blocks every other one, including the one it waits for.
//! 2. **Move references attached.** The collector runs attached, and visits an object twice: to count references, and
//!    to find reachable objects. An item that a detached thread takes out in between is counted but not reached: it
//!    would be collected while that thread uses it.
//! 3. **No Python under a lock.** Calling, creating or dropping an object can run any code: code that wants this
//!    lock, or the collector, which wants it too. Under a lock only copy or move references.
//! 4. **`__traverse__` visits everything, each time.** It takes the lock and does not merely try to: an item that is
//!    left out the second time looks unreachable. It can take the lock because of rules 2 and 3: its holder never waits
//!    to attach. `MutexExt::lock_py_attached` would break that: it takes the lock first and then attaches.
//! 5. **`__clear__` takes references out under the lock and drops them after it.**
//! 6. **Threads end before the interpreter does.** Below 3.14, CPython ends a daemon thread that returns from `detach`
//!    too late by unwinding it, right through Rust. PyO3 stops that if the unwinder is the system's, as in wheels of
//!    monowheel; in a library with its own unwinder, as linked by `maturin build --zig`, the process crashes. So a
//!    queue can be closed: its threads end and are joined.

use pyo3::prelude::*;

mod errors;
#[cfg(any(doc, doctest))]
mod refused;
mod types;

/// The compiled part of `ffi_safety`.
// Correct for both classes: each is frozen and keeps its mutable state behind a lock.
#[pymodule(gil_used = false)]
mod _ffi_safety {
    #[pymodule_export]
    use super::errors::ClosedError;
    #[pymodule_export]
    use super::types::{Node, Queue};

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
