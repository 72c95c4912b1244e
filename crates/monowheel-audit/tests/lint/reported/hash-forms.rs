//# rule: hash-of-mutable warning
//# report: pyo3#4206
//# dependency: pyo3 = "0.28"
//# bad: hash set all
use pyo3::prelude::*;
#[pyclass(get_all, set_all)]
struct Key { a: u64, b: u64 }
#[pymethods]
impl Key {
    #[new] fn new(a: u64, b: u64) -> Self { Self { a, b } }
    fn __repr__(&self) -> &str { "K" }
    fn __eq__(&self, other: &Self) -> bool { self.a == other.a }
    fn __hash__(&self) -> u64 { self.a ^ self.b }
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Key>()?;
    Ok(())
}

//# good: hash set all
use pyo3::prelude::*;
#[pyclass(frozen, get_all)]
struct Key { a: u64, b: u64 }
#[pymethods]
impl Key {
    #[new] fn new(a: u64, b: u64) -> Self { Self { a, b } }
    fn __repr__(&self) -> &str { "K" }
    fn __eq__(&self, other: &Self) -> bool { self.a == other.a }
    fn __hash__(&self) -> u64 { self.a ^ self.b }
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Key>()?;
    Ok(())
}

//# bad: hash through helper
use pyo3::prelude::*;
#[pyclass]
struct Key { #[pyo3(get, set)] a: u64 }
impl Key { fn digest(&self) -> u64 { self.a.wrapping_mul(31) } }
#[pymethods]
impl Key {
    #[new] fn new(a: u64) -> Self { Self { a } }
    fn __repr__(&self) -> &str { "K" }
    fn __eq__(&self, other: &Self) -> bool { self.a == other.a }
    fn __hash__(&self) -> u64 { self.digest() }
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Key>()?;
    Ok(())
}

//# good: hash through helper
use pyo3::prelude::*;
#[pyclass(frozen)]
struct Key { #[pyo3(get)] a: u64 }
impl Key { fn digest(&self) -> u64 { self.a.wrapping_mul(31) } }
#[pymethods]
impl Key {
    #[new] fn new(a: u64) -> Self { Self { a } }
    fn __repr__(&self) -> &str { "K" }
    fn __eq__(&self, other: &Self) -> bool { self.a == other.a }
    fn __hash__(&self) -> u64 { self.digest() }
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Key>()?;
    Ok(())
}
