//! The extension module `production_deployment._production_deployment`: names and types, no logic.

mod errors;
mod types;

use pyo3::prelude::*;

/// The compiled part of `production_deployment`.
// It has no state, so it does not need the GIL on a free-threaded Python.
#[pymodule(gil_used = false)]
mod _production_deployment {
    use super::*;

    #[pymodule_export]
    use super::types::Slugger;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// The slug of `text` as a plain `Slugger()` makes it. Raises ValueError if nothing is left.
    #[pyfunction]
    fn slug(text: &str) -> PyResult<String> {
        Ok(crate::Slugger::default().slug(text)?)
    }
}
