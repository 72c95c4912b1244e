//! The extension module `versioning._versioning`: names and types, no logic.
//!
//! The requirements of a name decide how it is selected. `#[cfg(Py_3_11)]` checks the floor of the wheel: the function
//! is in it or not. `Python::version_info` checks the interpreter that loaded it, which is never older.

mod errors;
mod types;

use pyo3::prelude::*;

/// The compiled part of `versioning`.
// It has no state, so it does not need the GIL on a free-threaded Python.
#[pymodule(gil_used = false)]
mod _versioning {
    use super::*;

    #[pymodule_export]
    use super::types::Versions;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// The CRC-32 of `data`, continued from `start`.
    #[pyfunction]
    #[pyo3(signature = (data, start=None))]
    fn crc32(py: Python<'_>, data: &[u8], start: Option<u32>) -> u32 {
        py.detach(|| crate::crc32(data.iter().copied(), start.unwrap_or(0)))
    }

    /// Raises ValueError unless `data` has this CRC-32.
    #[pyfunction]
    #[pyo3(signature = (data, expected))]
    fn verify(py: Python<'_>, data: &[u8], expected: u32) -> PyResult<()> {
        Ok(py.detach(|| crate::verify(data.iter().copied(), expected))?)
    }

    /// The CRC-32 of any object with a buffer of bytes: `bytearray`, `memoryview`, `mmap`, `array`; nothing is copied
    /// unless its bytes are not contiguous. Only in wheels with a floor of 3.11 or later.
    #[cfg(Py_3_11)]
    #[pyfunction]
    #[pyo3(signature = (data, start=None))]
    fn crc32_buffer(py: Python<'_>, data: pyo3::buffer::PyBuffer<u8>, start: Option<u32>) -> PyResult<u32> {
        let start = start.unwrap_or(0);
        Ok(match data.as_slice(py) {
            // Always attached: others may write to a buffer while this thread is detached.
            Some(cells) => crate::crc32(cells.iter().map(pyo3::buffer::ReadOnlyCell::get), start),
            None => crate::crc32(data.to_vec(py)?, start),
        })
    }

    /// The versions of the wheel and of the interpreter.
    #[pyfunction]
    fn versions(py: Python<'_>) -> PyResult<Versions> {
        Versions::of(py)
    }
}
