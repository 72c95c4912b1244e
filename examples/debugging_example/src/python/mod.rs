//! The extension module `debugging_example._debugging_example`: names and types, no logic.

mod errors;
mod types;

use pyo3::prelude::*;

/// The compiled part of `debugging_example`.
// It has no state, so it does not need the GIL on a free-threaded Python.
#[pymodule(gil_used = false)]
mod _debugging_example {
    use super::*;

    #[pymodule_export]
    use super::types::Basket;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// `cents` less `percent`, rounded down. Raises ValueError for more than 100 percent.
    #[pyfunction]
    fn discounted(cents: u64, percent: u32) -> PyResult<u64> {
        Ok(crate::discounted(cents, percent)?)
    }
}
