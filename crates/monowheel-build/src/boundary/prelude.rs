//! What the functions of all types use.

pub use std::borrow::Cow;
pub use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
pub use std::ffi::OsString;
pub use std::hint::black_box;
pub use std::net::IpAddr;
pub use std::num::NonZeroU64;
pub use std::path::PathBuf;
use std::sync::OnceLock;
pub use std::time::{Duration, SystemTime};

pub use pyo3::prelude::*;
pub use pyo3::pybacked::*;
pub use pyo3::types::*;

/// Takes anything, and converts nothing: what a call costs without a conversion.
#[pyfunction]
pub fn nothing(_value: &Bound<'_, PyAny>) {}

/// A class, as crates have them.
#[pyclass]
pub struct Class {
    pub number: usize,
}

#[pymethods]
impl Class {
    #[new]
    fn new() -> Self {
        Self { number: 0 }
    }
}

/// A text of `n` bytes.
pub fn text(n: usize) -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    &TEXT.get_or_init(|| "x".repeat(1 << 20))[..n]
}

/// `n` bytes.
pub fn bytes(n: usize) -> &'static [u8] {
    text(n).as_bytes()
}

/// `n` different keys.
pub fn keys(n: usize) -> impl Iterator<Item = String> {
    (0..n).map(|number| number.to_string())
}
