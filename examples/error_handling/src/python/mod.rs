//! The extension module `error_handling._error_handling`: the list of all names that Python sees.

use pyo3::prelude::*;

mod errors;
mod types;

/// The compiled part of `error_handling`.
#[pymodule(gil_used = false)]
mod _error_handling {
    #[pymodule_export]
    use super::errors::{MissingError, ParseError, SettingsError};
    #[pymodule_export]
    use super::types::{PyService, PySettings};

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
