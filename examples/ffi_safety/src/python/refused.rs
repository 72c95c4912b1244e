//! Code that the compiler rejects, each beside a variant that compiles: they differ in one place, so that this place
//! is what is rejected, with any version of the compiler. `cargo test --doc` compiles all of them.
//!
//! # A `Bound` cannot be used in a detached closure
//!
//! ```compile_fail
//! use pyo3::prelude::*;
//! fn keep(py: Python<'_>, value: Bound<'_, PyAny>) -> Bound<'_, PyAny> { py.detach(|| value) }
//! ```
//!
//! ```no_run
//! use pyo3::prelude::*;
//! fn keep(py: Python<'_>, value: Py<PyAny>) -> Py<PyAny> { py.detach(|| value) }
//! ```
//!
//! # Python objects are not created or called while detached
//!
//! ```compile_fail
//! use pyo3::prelude::*;
//! fn length(py: Python<'_>, value: Py<PyAny>) -> PyResult<usize> { py.detach(|| value.bind(py).len()) }
//! ```
//!
//! ```no_run
//! use pyo3::prelude::*;
//! fn length(py: Python<'_>, value: Py<PyAny>) -> PyResult<usize> { py.detach(|| 1 + 1); value.bind(py).len() }
//! ```
//!
//! # A `Bound` does not go to another thread
//!
//! ```compile_fail
//! use pyo3::prelude::*;
//! fn send(value: Bound<'static, PyAny>) { std::thread::spawn(move || drop(value)); }
//! ```
//!
//! ```no_run
//! use pyo3::prelude::*;
//! fn send(value: Py<PyAny>) { std::thread::spawn(move || drop(value)); }
//! ```
//!
//! # A `Bound` does not outlive its call
//!
//! ```compile_fail
//! use pyo3::{prelude::*, types::PyList};
//! fn kept() -> Py<PyList> { let list = Python::attach(|py| PyList::empty(py)); list.unbind() }
//! ```
//!
//! ```no_run
//! use pyo3::{prelude::*, types::PyList};
//! fn kept() -> Py<PyList> { let list = Python::attach(|py| PyList::empty(py).unbind()); list }
//! ```
//!
//! # A class holds only values that all threads may share
//!
//! ```compile_fail
//! #[pyo3::pyclass(frozen)]
//! struct Shared { value: std::rc::Rc<i64> }
//! ```
//!
//! ```no_run
//! #[pyo3::pyclass(frozen)]
//! struct Shared { value: std::sync::Arc<i64> }
//! ```
//!
//! # A frozen class cannot be borrowed mutably
//!
//! ```compile_fail
//! use pyo3::prelude::*;
//! #[pyclass(frozen)]
//! struct Fixed { value: i64 }
//! fn value(fixed: &Bound<'_, Fixed>) -> i64 { fixed.borrow_mut().value }
//! ```
//!
//! ```no_run
//! use pyo3::prelude::*;
//! #[pyclass(frozen)]
//! struct Fixed { value: i64 }
//! fn value(fixed: &Bound<'_, Fixed>) -> i64 { fixed.get().value }
//! ```
