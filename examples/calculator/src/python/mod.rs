//! The extension module `calculator._calculator`: the list of all names that Python sees.

use pyo3::prelude::*;

mod errors;
mod types;

/// The compiled part of `calculator`.
#[pymodule(gil_used = false)]
mod _calculator {
    #[pymodule_export]
    use super::types::{evaluate, PyExpression};

    #[pymodule_export]
    const MAX_DEPTH: usize = crate::MAX_DEPTH;
    #[pymodule_export]
    const MAX_LENGTH: usize = crate::MAX_LENGTH;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
