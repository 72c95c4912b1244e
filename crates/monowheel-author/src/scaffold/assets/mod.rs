//! The extension module `own_lib._own_lib`: names and types, no logic.

use pyo3::prelude::*;

mod errors;

/// The compiled half of `own_lib`.
#[pymodule]
mod _own_lib {
    use super::*;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "the name in Python")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// An example: parses `text` as an integer. Raises ValueError if it is not one.
    // Call the crate's own functions like this, as `crate::…`; you may remove this one.
    #[pyfunction]
    fn parse(text: &str) -> PyResult<i64> {
        text.trim().parse().map_err(errors::value_error)
    }
}
