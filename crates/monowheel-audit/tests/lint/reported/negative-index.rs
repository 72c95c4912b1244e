//# rule: unsigned-index note
//# report: sudachi.rs#75, quillmark#1516
//# bad: an unsigned index
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
#[pyclass(frozen)]
struct Words { all: Vec<String> }
#[pymethods]
impl Words {
    fn __len__(&self) -> usize { self.all.len() }
    fn __getitem__(&self, index: usize) -> PyResult<String> {
        self.all.get(index).cloned().ok_or_else(|| PyIndexError::new_err("no such word"))
    }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Words; }
//# good: signed, or a key
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
#[pyclass(frozen)]
struct Words { all: Vec<String> }
#[pymethods]
impl Words {
    fn __len__(&self) -> usize { self.all.len() }
    fn __getitem__(&self, index: isize) -> PyResult<String> {
        let index = if index < 0 { index + self.all.len() as isize } else { index };
        let found = usize::try_from(index).ok().and_then(|index| self.all.get(index));
        found.cloned().ok_or_else(|| PyIndexError::new_err("no such word"))
    }
}
#[pyclass(frozen, mapping)]
struct ById { all: Vec<String> }
#[pymethods]
impl ById {
    fn __len__(&self) -> usize { self.all.len() }
    fn __getitem__(&self, id: u64) -> usize { id as usize + self.all.len() }
}
#[pyclass(frozen, sequence)]
struct Sequence { all: Vec<String> }
#[pymethods]
impl Sequence {
    fn __len__(&self) -> usize { self.all.len() }
    fn __getitem__(&self, index: usize) -> PyResult<String> {
        self.all.get(index).cloned().ok_or_else(|| PyIndexError::new_err("no such word"))
    }
}
#[pymodule]
mod demo { #[pymodule_export] use super::{ById, Sequence, Words}; }
