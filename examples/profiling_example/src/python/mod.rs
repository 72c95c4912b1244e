//! The extension module `profiling_example._profiling_example`: names and types, no logic.

mod errors;
mod types;

use pyo3::prelude::*;

/// The compiled part of `profiling_example`.
// It has no state, so it does not need the GIL on a free-threaded Python.
#[pymodule(gil_used = false)]
mod _profiling_example {
    #[pymodule_export]
    use super::types::Dictionary;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
