//# rule: panic-in-binding warning
//# dependency: pyo3 = "0.28"
//# bad: read pyfn
use pyo3::prelude::*;
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> { #[pyfn(m)]
 fn nth(items: Vec<u64>, at: usize) -> u64 { items[at] }
 Ok(()) }

//# good: read pyfn
use pyo3::prelude::*;
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> { #[pyfn(m)]
 fn nth(items: Vec<u64>, at: usize) -> Option<u64> { items.get(at).copied() }
 Ok(()) }

//# bad: read cfg attr pymethods
use pyo3::prelude::*;
#[cfg_attr(feature = "py", pyclass(frozen))]
pub struct L { items: Vec<u64> }
#[cfg_attr(feature = "py", pymethods)]
impl L { #[cfg_attr(feature = "py", new)] fn new() -> Self { Self { items: vec![] } } fn __repr__(&self) -> &str { "" } fn at(&self, at: usize) -> u64 { self.items[at] } }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> { m.add_class::<L>() }

//# good: read cfg attr pymethods
use pyo3::prelude::*;
#[cfg_attr(feature = "py", pyclass(frozen))]
pub struct L { items: Vec<u64> }
#[cfg_attr(feature = "py", pymethods)]
impl L { #[cfg_attr(feature = "py", new)] fn new() -> Self { Self { items: vec![] } } fn __repr__(&self) -> &str { "" } fn at(&self, at: usize) -> Option<u64> { self.items.get(at).copied() } }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> { m.add_class::<L>() }

//# bad: read full path attr
use pyo3::prelude::*;
#[pyo3::pyfunction]
fn nth(items: Vec<u64>, at: usize) -> u64 { items[at] }
#[pyo3::pymodule]
mod demo { #[pymodule_export] use super::nth; }

//# good: read full path attr
use pyo3::prelude::*;
#[pyo3::pyfunction]
fn nth(items: Vec<u64>, at: usize) -> Option<u64> { items.get(at).copied() }
#[pyo3::pymodule]
mod demo { #[pymodule_export] use super::nth; }
