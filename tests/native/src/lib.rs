//! C that jumps, C++ that throws, and a C library from crates.io, for Python.

use std::ffi::{c_char, c_int, c_longlong, c_ulong};

use pyo3::prelude::*;

extern "C" {
    fn native_jump(value: c_int) -> c_int;
    fn native_number(text: *const c_char, size: c_ulong, otherwise: c_longlong) -> c_longlong;
}

/// C code and C++ code in a wheel.
#[pymodule]
mod native {
    use super::*;

    /// Return `value`, through `longjmp`.
    #[pyfunction]
    fn jump(value: i32) -> i32 {
        // SAFETY: the function takes any number and has no state.
        unsafe { native_jump(value) }
    }

    /// Return the number at the start of `text`, or `otherwise` if there is none.
    #[pyfunction]
    #[pyo3(signature = (text, otherwise = -1))]
    fn number(text: &str, otherwise: i64) -> i64 {
        // SAFETY: the function reads that many bytes, and keeps no reference to them.
        unsafe { native_number(text.as_ptr().cast(), text.len() as c_ulong, otherwise) }
    }

    /// Compress `data` with zstd.
    #[pyfunction]
    fn compress(py: Python<'_>, data: &[u8]) -> PyResult<Vec<u8>> {
        Ok(py.detach(|| zstd::bulk::compress(data, 3))?)
    }

    /// Reverse `compress`, for data of at most `size` bytes.
    #[pyfunction]
    fn decompress(py: Python<'_>, data: &[u8], size: usize) -> PyResult<Vec<u8>> {
        Ok(py.detach(|| zstd::bulk::decompress(data, size))?)
    }
}
