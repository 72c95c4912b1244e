//# rule: api-above-floor error
//# report: Jij-Inc/serde-pyobject#8 (and davidhewitt/pythonize#59)
//# dependency: pyo3 = { version = "0.28", features = ["abi3-py39"] }
//# bad: PyString::to_str and extract::<&str> are there from the 3.10 ABI on: it does not compile with abi3-py38/39
use pyo3::prelude::*;

use pyo3::types::PyString;

#[pyfunction]
fn length(text: &Bound<'_, PyString>) -> PyResult<usize> {
    Ok(text.to_str()?.len())
}

#[pyfunction]
fn name_of(object: &Bound<'_, PyAny>) -> PyResult<usize> {
    let name = object.getattr("name")?;
    Ok(name.extract::<&str>()?.len())
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(length, m)?)?;
    m.add_function(wrap_pyfunction!(name_of, m)?)?;
    Ok(())
}
//# good
use pyo3::prelude::*;

use pyo3::types::PyString;

#[pyfunction]
fn length(text: &Bound<'_, PyString>) -> PyResult<usize> {
    Ok(text.to_cow()?.len())
}

#[pyfunction]
fn name_of(object: &Bound<'_, PyAny>) -> PyResult<usize> {
    let name = object.getattr("name")?;
    Ok(name.extract::<String>()?.len())
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(length, m)?)?;
    m.add_function(wrap_pyfunction!(name_of, m)?)?;
    Ok(())
}
//# bad: a method of an object that is cast
#[pyfunction]
fn size(object: &Bound<'_, PyAny>) -> PyResult<usize> { let text = object.cast::<PyString>()?; Ok(text.to_str()?.len()) }
//# bad: the type of a binding
#[pyfunction]
fn size(object: &Bound<'_, PyAny>) -> PyResult<usize> { let text: &str = object.extract()?; Ok(text.len()) }
//# good: the to_str of a path
#[pyfunction]
fn size(path: std::path::PathBuf) -> usize { path.to_str().map_or(0, str::len) }
