//# rule: getter-clones-class warning
//# report: PyO3/pyo3#4204 (and #1973, #2104, #4075)
//# dependency: pyo3 = { version = "0.28" }
//# bad: a.b.c = 1 changes a copy: the getter clones the inner class
use pyo3::prelude::*;

#[pyclass]
#[derive(Clone)]
struct Inner {
    #[pyo3(get, set)]
    num: i32,
}

#[pymethods]
impl Inner {
    fn __repr__(&self) -> String {
        format!("Inner({})", self.num)
    }
}

#[pyclass]
struct Outer {
    #[pyo3(get, set)]
    sub: Inner,
}

#[pymethods]
impl Outer {
    #[new]
    fn new() -> Self {
        Self { sub: Inner { num: 1 } }
    }

    fn __repr__(&self) -> String {
        format!("Outer({})", self.sub.num)
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Inner>()?;
    m.add_class::<Outer>()?;
    Ok(())
}
//# good
use pyo3::prelude::*;

#[pyclass]
struct Inner {
    #[pyo3(get, set)]
    num: i32,
}

#[pymethods]
impl Inner {
    fn __repr__(&self) -> String {
        format!("Inner({})", self.num)
    }
}

#[pyclass]
struct Outer {
    #[pyo3(get, set)]
    sub: Py<Inner>,
}

#[pymethods]
impl Outer {
    #[new]
    fn new(py: Python<'_>) -> PyResult<Self> {
        Ok(Self { sub: Py::new(py, Inner { num: 1 })? })
    }

    fn __repr__(&self) -> &'static str {
        "Outer()"
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Inner>()?;
    m.add_class::<Outer>()?;
    Ok(())
}
//# bad: a getter that clones, by an alias of the class
type Part = Inner;
#[pyclass(set_all)]
#[derive(Clone)]
struct Inner { a: u32 }
#[pyclass]
struct Outer { part: Part }
#[pymethods]
impl Outer {
    #[new]
    fn new() -> Self { Self { part: Part { a: 1 } } }
    #[getter]
    fn part(&self) -> Part { self.part.clone() }
}
//# bad: an Option of the class, in a getter that is a method of another name
#[pyclass]
#[derive(Clone)]
struct Inner { #[pyo3(get, set)] a: u32 }
#[pyclass]
struct Outer { inner: Option<Inner> }
#[pymethods]
impl Outer {
    #[new]
    fn new() -> Self { Self { inner: None } }
    #[getter(inner)]
    fn get_it(&self) -> Option<Inner> { self.inner.clone() }
}
//# good: the inner class cannot change
#[pyclass(frozen, get_all)]
#[derive(Clone)]
struct Inner { a: u32 }
#[pyclass]
struct Outer { #[pyo3(get)] inner: Inner }
#[pymethods]
impl Outer {
    #[new]
    fn new() -> Self { Self { inner: Inner { a: 1 } } }
}
