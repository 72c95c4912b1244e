//! The extension module `versioning._versioning`: names and types, no logic.
//!
//! What a name needs decides where it is chosen. `#[cfg(Py_3_11)]` asks for the floor of the wheel: the function is
//! in it or not. `Python::version_info` asks for the interpreter that loaded it, which is never older.

mod errors;
mod types;

use pyo3::prelude::*;

/// The compiled half of `versioning`.
// It keeps no state, so it needs no GIL on a free-threaded Python.
#[pymodule(gil_used = false)]
mod _versioning {
    use super::*;

    #[pymodule_export]
    use super::types::Versions;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "the name Python knows")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// The CRC-32 of `data`, going on from `start`.
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

    /// The CRC-32 of anything with a buffer of bytes: `bytearray`, `memoryview`, `mmap`, `array`; nothing is copied
    /// unless its bytes lie apart. Only in wheels with a floor of 3.11 or later.
    #[cfg(Py_3_11)]
    #[pyfunction]
    #[pyo3(signature = (data, start=None))]
    fn crc32_buffer(py: Python<'_>, data: pyo3::buffer::PyBuffer<u8>, start: Option<u32>) -> PyResult<u32> {
        let start = start.unwrap_or(0);
        Ok(match data.as_slice(py) {
            // Attached all the time: others may write to a buffer while this thread is detached.
            Some(cells) => crate::crc32(cells.iter().map(pyo3::buffer::ReadOnlyCell::get), start),
            None => crate::crc32(data.to_vec(py)?, start),
        })
    }

    /// The versions that met: of the wheel and of the interpreter.
    #[pyfunction]
    fn versions(py: Python<'_>) -> PyResult<Versions> {
        Versions::of(py)
    }
}
