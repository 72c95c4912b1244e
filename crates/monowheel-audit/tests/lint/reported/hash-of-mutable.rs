//# rule: hash-of-mutable warning
//# report: PyO3/pyo3#4206
//# dependency: pyo3 = { version = "0.28" }
//# bad: __hash__ over fields that Python may set: the key is lost in its dict
use pyo3::prelude::*;

use std::hash::{DefaultHasher, Hash, Hasher};

#[pyclass(get_all, set_all)]
#[derive(Hash, PartialEq)]
struct Point {
    x: i64,
    y: i64,
}

#[pymethods]
impl Point {
    #[new]
    fn new(x: i64, y: i64) -> Self {
        Self { x, y }
    }

    fn __repr__(&self) -> String {
        format!("Point({}, {})", self.x, self.y)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self == other
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Point>()?;
    Ok(())
}
//# good
use pyo3::prelude::*;

#[pyclass(get_all, frozen, eq, hash)]
#[derive(Hash, PartialEq)]
struct Point {
    x: i64,
    y: i64,
}

#[pymethods]
impl Point {
    #[new]
    fn new(x: i64, y: i64) -> Self {
        Self { x, y }
    }

    fn __repr__(&self) -> String {
        format!("Point({}, {})", self.x, self.y)
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Point>()?;
    Ok(())
}
//# bad: a setter, and a method that hashes the field
#[pyclass]
struct Point { x: i64 }
#[pymethods]
impl Point {
    #[setter]
    fn set_x(&mut self, x: i64) { self.x = x; }
    fn __hash__(&self) -> u64 { self.x as u64 }
}
//# good: the hash does not depend on what can be set
#[pyclass]
struct Point { x: i64, #[pyo3(set)] label: String }
#[pymethods]
impl Point {
    fn __hash__(&self) -> u64 { self.x as u64 }
}
//# bad: a method with &mut self changes what is hashed
#[pyclass]
struct Point { x: i64 }
#[pymethods]
impl Point {
    fn shift(&mut self, by: i64) { self.x += by; }
    fn __hash__(&self) -> u64 { self.x as u64 }
}
