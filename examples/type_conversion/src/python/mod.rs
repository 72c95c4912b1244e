//! The extension module `type_conversion._type_conversion`: the list of all names that Python sees.

use pyo3::prelude::*;

mod errors;
mod numbers;
mod texts;
mod types;

/// The compiled part of `type_conversion`.
#[pymodule(gil_used = false)]
mod _type_conversion {
    #[pymodule_export]
    use super::numbers::{byte, length, minimum, single, total};
    #[pymodule_export]
    use super::texts::{
        capitals, decode, file_name, inverted, lossy, ordinal, reversed_bytes, tally, utf8_length, words,
    };
    #[pymodule_export]
    use super::types::{summary, warmer, PyReading, PyUnit};

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
