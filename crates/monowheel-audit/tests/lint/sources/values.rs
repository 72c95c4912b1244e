use std::hash::{DefaultHasher, Hash, Hasher};

use pyo3::prelude::*;

#[pyclass(str)]
#[derive(Clone)]
struct Inner {
    #[pyo3(get, set)]
    number: i32,
}

#[pyclass(frozen, str)]
#[derive(Clone)]
struct Still {
    number: i32,
}

#[pyclass(frozen, str)]
struct Outer {
    #[pyo3(get)]
    inner: Inner, //~ getter-clones-class
    #[pyo3(get)]
    still: Still,
    #[pyo3(get)]
    kept: Py<Inner>,
    other: Inner,
}

#[pymethods]
impl Outer {
    #[getter]
    fn other(&self) -> Inner {
        self.other.clone() //~ getter-clones-class
    }

    fn copy_of_other(&self) -> Inner {
        self.other.clone()
    }
}

#[pyclass(str, get_all, set_all)]
#[derive(Hash, PartialEq)]
struct Point { //~ hash-of-mutable
    x: i64,
}

#[pymethods]
impl Point {
    fn __eq__(&self, other: &Self) -> bool {
        self == other
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

/// What is hashed never changes.
#[pyclass(str)]
struct Named {
    name: String,
    #[pyo3(get, set)]
    note: String,
}

#[pymethods]
impl Named {
    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.name.hash(&mut hasher);
        hasher.finish()
    }
}

#[pyclass(frozen, str, eq)]
#[derive(PartialEq)]
struct Compared { //~ eq-without-hash
    number: u32,
}

#[pyclass(frozen, str, eq)]
#[derive(PartialEq)]
struct Measured {
    number: f64,
}

#[pyclass(eq, eq_int)]
#[derive(PartialEq)]
enum Color { //~ eq-without-hash
    Red,
    Green,
}

#[pyclass(frozen, str, eq, hash)]
#[derive(PartialEq, Hash)]
struct Key {
    number: u32,
}

#[pyclass(frozen, str)]
struct Pickled { //~ pickle-without-module
    number: u32,
}

#[pymethods]
impl Pickled {
    fn __getnewargs__(&self) -> (u32,) {
        (self.number,)
    }
}

#[pyclass(frozen, str, module = "demo")]
struct PickledWell {
    number: u32,
}

#[pymethods]
impl PickledWell {
    fn __getnewargs__(&self) -> (u32,) {
        (self.number,)
    }
}

pyo3::create_exception!(_demo, Lost, pyo3::exceptions::PyException); //~ module-not-importable
pyo3::create_exception!(demo._demo, Found, pyo3::exceptions::PyException);
create_exception!(demo, Offered, PyException);

#[pyclass(frozen, str, module = "elsewhere")]
struct Elsewhere { //~ module-not-importable
    number: u32,
}

#[pyclass(str, subclass)]
struct Base { //~ subclass-takes-nothing
    number: u32,
}

#[pymethods]
impl Base {
    #[new]
    fn new() -> Self {
        Self { number: 0 }
    }
}

#[pyclass(str, subclass)]
struct BaseOfAny {
    number: u32,
}

#[pymethods]
impl BaseOfAny {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        Self { number: 0 }
    }
}
