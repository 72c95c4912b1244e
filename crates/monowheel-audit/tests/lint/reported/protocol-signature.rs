//# rule: protocol-signature note
//# dependency: pyo3 = "0.28"
//# bad: exit without arguments
use pyo3::prelude::*;
#[pyclass]
struct Thing { n: u64 }
#[pymethods]
impl Thing {
    #[new] fn new() -> Self { Self { n: 0 } }
    fn __repr__(&self) -> &str { "T" }
    fn __enter__(slf: Py<Self>) -> Py<Self> { slf }
    fn __exit__(&mut self) { self.n = 0; }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Thing>()?;
    Ok(())
}

//# good: exit without arguments
use pyo3::prelude::*;
#[pyclass]
struct Thing { n: u64 }
#[pymethods]
impl Thing {
    #[new] fn new() -> Self { Self { n: 0 } }
    fn __repr__(&self) -> &str { "T" }
    fn __enter__(slf: Py<Self>) -> Py<Self> { slf }
    fn __exit__(&mut self, _t: &Bound<'_, PyAny>, _v: &Bound<'_, PyAny>, _tb: &Bound<'_, PyAny>) { self.n = 0; }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Thing>()?;
    Ok(())
}

//# bad: exit not optional
use pyo3::prelude::*;
#[pyclass]
struct Thing { n: u64 }
#[pymethods]
impl Thing {
    #[new] fn new() -> Self { Self { n: 0 } }
    fn __repr__(&self) -> &str { "T" }
    fn __enter__(slf: Py<Self>) -> Py<Self> { slf }
    fn __exit__(&mut self, _t: Bound<'_, pyo3::types::PyType>, _v: Bound<'_, PyAny>, _tb: Bound<'_, PyAny>) { self.n = 0; }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Thing>()?;
    Ok(())
}

//# good: exit not optional
use pyo3::prelude::*;
#[pyclass]
struct Thing { n: u64 }
#[pymethods]
impl Thing {
    #[new] fn new() -> Self { Self { n: 0 } }
    fn __repr__(&self) -> &str { "T" }
    fn __enter__(slf: Py<Self>) -> Py<Self> { slf }
    fn __exit__(&mut self, _t: Option<Bound<'_, pyo3::types::PyType>>, _v: Option<Bound<'_, PyAny>>, _tb: Option<Bound<'_, PyAny>>) { self.n = 0; }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Thing>()?;
    Ok(())
}

//# bad: enter copies
use pyo3::prelude::*;
#[pyclass]
struct Thing { n: u64 }
#[pymethods]
impl Thing {
    #[new] fn new() -> Self { Self { n: 0 } }
    fn __repr__(&self) -> &str { "T" }
    fn __enter__(&self) -> Self { Self { n: self.n } }
    #[pyo3(signature = (*_args))]
    fn __exit__(&mut self, _args: &Bound<'_, pyo3::types::PyTuple>) { self.n = 0; }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Thing>()?;
    Ok(())
}

//# good: enter copies
use pyo3::prelude::*;
#[pyclass]
struct Thing { n: u64 }
#[pymethods]
impl Thing {
    #[new] fn new() -> Self { Self { n: 0 } }
    fn __repr__(&self) -> &str { "T" }
    fn __enter__(slf: Py<Self>) -> Py<Self> { slf }
    #[pyo3(signature = (*_args))]
    fn __exit__(&mut self, _args: &Bound<'_, pyo3::types::PyTuple>) { self.n = 0; }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Thing>()?;
    Ok(())
}

//# bad: init subclass no kwargs
use pyo3::prelude::*;
#[pyclass]
struct Thing { n: u64 }
#[pymethods]
impl Thing {
    #[new] fn new() -> Self { Self { n: 0 } }
    fn __repr__(&self) -> &str { "T" }
    #[classmethod]
    fn __init_subclass__(_cls: &Bound<'_, pyo3::types::PyType>) {}
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Thing>()?;
    Ok(())
}

//# good: init subclass no kwargs
use pyo3::prelude::*;
#[pyclass]
struct Thing { n: u64 }
#[pymethods]
impl Thing {
    #[new] fn new() -> Self { Self { n: 0 } }
    fn __repr__(&self) -> &str { "T" }
    #[classmethod]
    #[pyo3(signature = (**_kwargs))]
    fn __init_subclass__(_cls: &Bound<'_, pyo3::types::PyType>, _kwargs: Option<&Bound<'_, pyo3::types::PyDict>>) {}
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Thing>()?;
    Ok(())
}

//# bad: getattr wrong error
use pyo3::prelude::*;
#[pyclass]
struct Thing { n: u64 }
#[pymethods]
impl Thing {
    #[new] fn new() -> Self { Self { n: 0 } }
    fn __repr__(&self) -> &str { "T" }
    fn __getattr__(&self, name: &str) -> PyResult<u64> { Err(pyo3::exceptions::PyKeyError::new_err(name.to_owned())) }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Thing>()?;
    Ok(())
}

//# good: getattr wrong error
use pyo3::prelude::*;
#[pyclass]
struct Thing { n: u64 }
#[pymethods]
impl Thing {
    #[new] fn new() -> Self { Self { n: 0 } }
    fn __repr__(&self) -> &str { "T" }
    fn __getattr__(&self, name: &str) -> PyResult<u64> { Err(pyo3::exceptions::PyAttributeError::new_err(name.to_owned())) }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Thing>()?;
    Ok(())
}

//# bad: getitem wrong error
use pyo3::prelude::*;
#[pyclass]
struct Thing { n: u64 }
#[pymethods]
impl Thing {
    #[new] fn new() -> Self { Self { n: 0 } }
    fn __repr__(&self) -> &str { "T" }
    fn __len__(&self) -> usize { 3 }
    fn __getitem__(&self, at: usize) -> PyResult<u64> { if at < 3 { Ok(1) } else { Err(pyo3::exceptions::PyValueError::new_err("out of range")) } }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Thing>()?;
    Ok(())
}

//# good: getitem wrong error
use pyo3::prelude::*;
#[pyclass]
struct Thing { n: u64 }
#[pymethods]
impl Thing {
    #[new] fn new() -> Self { Self { n: 0 } }
    fn __repr__(&self) -> &str { "T" }
    fn __len__(&self) -> usize { 3 }
    fn __getitem__(&self, at: usize) -> PyResult<u64> { if at < 3 { Ok(1) } else { Err(pyo3::exceptions::PyIndexError::new_err("out of range")) } }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Thing>()?;
    Ok(())
}
