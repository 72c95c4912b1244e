//# rule: subclass-takes-nothing note
//# report: deepentropy/ibx#105
//# dependency: pyo3 = { version = "0.28" }
//# bad: a class to be subclassed whose #[new] takes no arguments: Sub(1) fails before __init__
use pyo3::prelude::*;

#[pyclass(subclass)]
struct EWrapper {
    errors: u64,
}

#[pymethods]
impl EWrapper {
    #[new]
    fn new() -> Self {
        Self { errors: 0 }
    }

    fn __repr__(&self) -> &'static str {
        "EWrapper()"
    }

    fn error(&mut self) {
        self.errors += 1;
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<EWrapper>()?;
    Ok(())
}
//# good
use pyo3::prelude::*;

use pyo3::types::{PyDict, PyTuple};

#[pyclass(subclass)]
struct EWrapper {
    errors: u64,
}

#[pymethods]
impl EWrapper {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        Self { errors: 0 }
    }

    fn __repr__(&self) -> &'static str {
        "EWrapper()"
    }

    fn error(&mut self) {
        self.errors += 1;
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<EWrapper>()?;
    Ok(())
}
//# bad: with a token
#[pyclass(subclass)]
struct Base {}
#[pymethods]
impl Base { #[new] fn new(py: Python<'_>) -> PyResult<Self> { Ok(Self {}) } }
//# good: not to be subclassed
#[pyclass]
struct Base {}
#[pymethods]
impl Base { #[new] fn new() -> Self { Self {} } }
//# good: __init__ takes them
#[pyclass(subclass)]
struct Base {}
#[pymethods]
impl Base {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self { Self {} }
}
