use pyo3::buffer::PyBuffer; 
use pyo3::prelude::*;

#[pyfunction]
fn sum(data: PyBuffer<f64>) -> f64 { //~ api-above-floor
    0.0
}

#[cfg(any(Py_3_11, not(Py_LIMITED_API)))]
#[pyfunction]
fn sum_where_it_can(data: PyBuffer<f64>) -> f64 {
    0.0
}

#[pyclass(frozen, str, dict)]
struct Open { //~ api-above-floor
    number: u32,
}

#[pyclass(str, extends = PyDict)]
struct Mapping { //~ api-above-floor
    number: u32,
}

#[pyclass(frozen, str, subclass)]
struct Base {
    number: u32,
}

#[pyclass(frozen, str, extends = Base)]
struct Derived {
    number: u32,
}

#[pyfunction]
fn lends(text: &Bound<'_, PyString>, path: &std::path::Path) -> PyResult<usize> {
    let other = path.to_str();
    let cow = text.to_cow()?;
    let name: String = text.extract()?;
    Ok(text.to_str()?.len()) //~ api-above-floor
}

#[cfg(Py_3_10)]
#[pyfunction]
fn lends_where_it_can(object: &Bound<'_, PyAny>) -> PyResult<usize> {
    Ok(object.extract::<&str>()?.len())
}

#[pymethods]
impl Derived {
    unsafe fn __getbuffer__(&self) {} //~ api-above-floor
}
