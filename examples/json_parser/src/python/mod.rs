//! The extension module `json_parser._json_parser`: the list of all names that Python sees.

use pyo3::prelude::*;

mod errors;
mod objects;
mod types;

/// The compiled part of `json_parser`.
#[pymodule(gil_used = false)]
mod _json_parser {
    #[pymodule_export]
    use super::types::{loads, PyDocument};

    #[pymodule_export]
    const MAX_DEPTH: usize = crate::MAX_DEPTH;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
