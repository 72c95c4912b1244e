//# rule: getter-clones-class note
//# report: pyo3#1973
//# dependency: pyo3 = "0.28"
//# bad: getter option of class
use pyo3::prelude::*;
#[pyclass]
#[derive(Clone)]
struct Inner { #[pyo3(get, set)] x: i64 }
#[pymethods]
impl Inner { #[new] fn new(x: i64) -> Self { Self { x } } fn __repr__(&self) -> &str { "Inner" } }
#[pyclass]
struct Outer { #[pyo3(get, set)] inner: Option<Inner> }
#[pymethods]
impl Outer { #[new] fn new(inner: Inner) -> Self { Self { inner: Some(inner) } } fn __repr__(&self) -> &str { "O" } }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Inner>()?;
    m.add_class::<Outer>()?;
    Ok(())
}

//# good: getter option of class
use pyo3::prelude::*;
#[pyclass]
#[derive(Clone)]
struct Inner { #[pyo3(get, set)] x: i64 }
#[pymethods]
impl Inner { #[new] fn new(x: i64) -> Self { Self { x } } fn __repr__(&self) -> &str { "Inner" } }
#[pyclass]
struct Outer { #[pyo3(get, set)] inner: Option<Py<Inner>> }
#[pymethods]
impl Outer { #[new] fn new(inner: Py<Inner>) -> Self { Self { inner: Some(inner) } } fn __repr__(&self) -> &str { "O" } }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Inner>()?;
    m.add_class::<Outer>()?;
    Ok(())
}

//# bad: getter getitem clones
use pyo3::prelude::*;
#[pyclass]
#[derive(Clone)]
struct Inner { #[pyo3(get, set)] x: i64 }
#[pymethods]
impl Inner { #[new] fn new(x: i64) -> Self { Self { x } } fn __repr__(&self) -> &str { "Inner" } }
#[pyclass]
struct Outer { items: Vec<Inner> }
#[pymethods]
impl Outer { #[new] fn new(items: Vec<Inner>) -> Self { Self { items } } fn __repr__(&self) -> &str { "O" }
    fn grow(&mut self, one: Inner) { self.items.push(one); }
    fn __len__(&self) -> usize { self.items.len() }
    fn __getitem__(&self, at: usize) -> PyResult<Inner> { self.items.get(at).cloned().ok_or_else(|| pyo3::exceptions::PyIndexError::new_err("index")) } }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Inner>()?;
    m.add_class::<Outer>()?;
    Ok(())
}

//# good: getter getitem clones
use pyo3::prelude::*;
#[pyclass]
#[derive(Clone)]
struct Inner { #[pyo3(get, set)] x: i64 }
#[pymethods]
impl Inner { #[new] fn new(x: i64) -> Self { Self { x } } fn __repr__(&self) -> &str { "Inner" } }
#[pyclass]
struct Outer { items: Vec<Py<Inner>> }
#[pymethods]
impl Outer { #[new] fn new(items: Vec<Py<Inner>>) -> Self { Self { items } } fn __repr__(&self) -> &str { "O" }
    fn grow(&mut self, one: Py<Inner>) { self.items.push(one); }
    fn __len__(&self) -> usize { self.items.len() }
    fn __getitem__(&self, py: Python<'_>, at: usize) -> PyResult<Py<Inner>> { self.items.get(at).map(|it| it.clone_ref(py)).ok_or_else(|| pyo3::exceptions::PyIndexError::new_err("index")) } }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Inner>()?;
    m.add_class::<Outer>()?;
    Ok(())
}

//# bad: getter method iter cloned
use pyo3::prelude::*;
#[pyclass]
#[derive(Clone)]
struct Inner { #[pyo3(get, set)] x: i64 }
#[pymethods]
impl Inner { #[new] fn new(x: i64) -> Self { Self { x } } fn __repr__(&self) -> &str { "Inner" } }
#[pyclass]
struct Outer { items: Vec<Inner> }
#[pymethods]
impl Outer { #[new] fn new(items: Vec<Inner>) -> Self { Self { items } } fn __repr__(&self) -> &str { "O" }
    fn grow(&mut self, one: Inner) { self.items.push(one); }
    #[getter]
    fn items(&self) -> Vec<Inner> { self.items.iter().cloned().collect() } }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Inner>()?;
    m.add_class::<Outer>()?;
    Ok(())
}

//# good: getter method iter cloned
use pyo3::prelude::*;
#[pyclass]
#[derive(Clone)]
struct Inner { #[pyo3(get, set)] x: i64 }
#[pymethods]
impl Inner { #[new] fn new(x: i64) -> Self { Self { x } } fn __repr__(&self) -> &str { "Inner" } }
#[pyclass]
struct Outer { items: Vec<Inner> }
#[pymethods]
impl Outer { #[new] fn new(items: Vec<Inner>) -> Self { Self { items } } fn __repr__(&self) -> &str { "O" }
    fn grow(&mut self, one: Inner) { self.items.push(one); }
    fn copy_items(&self) -> Vec<Inner> { self.items.iter().cloned().collect() } }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Inner>()?;
    m.add_class::<Outer>()?;
    Ok(())
}

//# bad: getter get all
use pyo3::prelude::*;
#[pyclass]
#[derive(Clone)]
struct Inner { #[pyo3(get, set)] x: i64 }
#[pymethods]
impl Inner { #[new] fn new(x: i64) -> Self { Self { x } } fn __repr__(&self) -> &str { "Inner" } }
#[pyclass(get_all, set_all)]
struct Outer { inner: Inner }
#[pymethods]
impl Outer { #[new] fn new(inner: Inner) -> Self { Self { inner } } fn __repr__(&self) -> &str { "O" } }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Inner>()?;
    m.add_class::<Outer>()?;
    Ok(())
}

//# good: getter get all
use pyo3::prelude::*;
#[pyclass]
#[derive(Clone)]
struct Inner { #[pyo3(get, set)] x: i64 }
#[pymethods]
impl Inner { #[new] fn new(x: i64) -> Self { Self { x } } fn __repr__(&self) -> &str { "Inner" } }
#[pyclass(get_all, set_all)]
struct Outer { inner: Py<Inner> }
#[pymethods]
impl Outer { #[new] fn new(inner: Py<Inner>) -> Self { Self { inner } } fn __repr__(&self) -> &str { "O" } }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Inner>()?;
    m.add_class::<Outer>()?;
    Ok(())
}

//# bad: getter under lock
use pyo3::prelude::*;
#[pyclass]
#[derive(Clone)]
struct Inner { #[pyo3(get, set)] x: i64 }
#[pymethods]
impl Inner { #[new] fn new(x: i64) -> Self { Self { x } } fn __repr__(&self) -> &str { "Inner" } }
#[pyclass(frozen)]
struct Outer { inner: std::sync::Mutex<Inner> }
#[pymethods]
impl Outer { #[new] fn new(inner: Inner) -> Self { Self { inner: inner.into() } } fn __repr__(&self) -> &str { "O" }
    #[getter]
    fn inner(&self) -> Inner { self.inner.lock().unwrap().clone() } }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Inner>()?;
    m.add_class::<Outer>()?;
    Ok(())
}

//# good: getter under lock
use pyo3::prelude::*;
#[pyclass]
#[derive(Clone)]
struct Inner { #[pyo3(get, set)] x: i64 }
#[pymethods]
impl Inner { #[new] fn new(x: i64) -> Self { Self { x } } fn __repr__(&self) -> &str { "Inner" } }
#[pyclass(frozen)]
struct Outer { inner: Py<Inner> }
#[pymethods]
impl Outer { #[new] fn new(inner: Py<Inner>) -> Self { Self { inner } } fn __repr__(&self) -> &str { "O" }
    #[getter]
    fn inner(&self, py: Python<'_>) -> Py<Inner> { self.inner.clone_ref(py) } }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Inner>()?;
    m.add_class::<Outer>()?;
    Ok(())
}
