//# rule: bytes-as-vector note
//# report: icechunk#1107
//# dependency: pyo3 = "0.22"
//# bad: bytes vec returned
use pyo3::prelude::*;
#[pyfunction]
fn read() -> Vec<u8> { vec![1, 2] }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(read, m)?)?;
    Ok(())
}

//# good: bytes vec returned
use pyo3::prelude::*;
#[pyfunction]
fn read() -> std::borrow::Cow<'static, [u8]> { vec![1, 2].into() }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(read, m)?)?;
    Ok(())
}

//# bad: bytes vec extract
use pyo3::prelude::*;
#[pyfunction]
fn size(data: &Bound<'_, PyAny>) -> PyResult<usize> { Ok(data.extract::<Vec<u8>>()?.len()) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(size, m)?)?;
    Ok(())
}

//# good: bytes vec extract
use pyo3::prelude::*;
#[pyfunction]
fn size(data: &Bound<'_, PyAny>) -> PyResult<usize> { Ok(data.extract::<&[u8]>()?.len()) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(size, m)?)?;
    Ok(())
}

//# bad: bytes vec option
use pyo3::prelude::*;
#[pyfunction]
#[pyo3(signature = (data=None))]
fn sum(data: Option<Vec<u8>>) -> usize { data.map_or(0, |d| d.len()) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(sum, m)?)?;
    Ok(())
}

//# good: bytes vec option
use pyo3::prelude::*;
#[pyfunction]
#[pyo3(signature = (data=None))]
fn sum(data: Option<&[u8]>) -> usize { data.map_or(0, <[u8]>::len) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(sum, m)?)?;
    Ok(())
}
