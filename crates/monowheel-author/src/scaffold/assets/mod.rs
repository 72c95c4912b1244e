//! The extension module `own_lib._own_lib`: names and types, no logic.

use pyo3::prelude::*;

mod errors;

/// The compiled half of `own_lib`.
#[pymodule]
mod _own_lib {
    use super::*;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "the name Python knows")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// An example: the whole number that `text` is. Raises ValueError where it is none.
    // The crate's own functions are called like this, as `crate::…`; this one may go.
    #[pyfunction]
    fn parse(text: &str) -> PyResult<i64> {
        text.trim().parse().map_err(errors::value_error)
    }
}
