//# rule: panic-in-binding warning
//# report: pyo3#2783
//# dependency: pyo3 = "0.28"
//# bad: panic divides by parameter
use pyo3::prelude::*;
#[pyfunction]
fn share(total: u64, parts: u64) -> u64 { total / parts }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(share, m)?)?;
    Ok(())
}

//# good: panic divides by parameter
use pyo3::prelude::*;
#[pyfunction]
fn share(total: u64, parts: u64) -> PyResult<u64> { total.checked_div(parts).ok_or_else(|| pyo3::exceptions::PyZeroDivisionError::new_err("parts")) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(share, m)?)?;
    Ok(())
}

//# bad: panic remainder
use pyo3::prelude::*;
#[pyfunction]
fn rest(total: i64, parts: i64) -> i64 { total % parts }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(rest, m)?)?;
    Ok(())
}

//# good: panic remainder
use pyo3::prelude::*;
#[pyfunction]
fn rest(total: i64, parts: i64) -> PyResult<i64> { if parts == 0 { return Err(pyo3::exceptions::PyZeroDivisionError::new_err("parts")); } Ok(total % parts) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(rest, m)?)?;
    Ok(())
}

//# bad: panic duration
use pyo3::prelude::*;
#[pyfunction]
fn pause(py: Python<'_>, seconds: f64) { py.detach(|| std::thread::sleep(std::time::Duration::from_secs_f64(seconds))); }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(pause, m)?)?;
    Ok(())
}

//# good: panic duration
use pyo3::prelude::*;
#[pyfunction]
fn pause(py: Python<'_>, seconds: f64) -> PyResult<()> { let time = std::time::Duration::try_from_secs_f64(seconds).map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))?; py.detach(|| std::thread::sleep(time)); Ok(()) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(pause, m)?)?;
    Ok(())
}

//# bad: panic chunks
use pyo3::prelude::*;
#[pyfunction]
fn split(items: Vec<u64>, size: usize) -> Vec<Vec<u64>> { items.chunks(size).map(<[u64]>::to_vec).collect() }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(split, m)?)?;
    Ok(())
}

//# good: panic chunks
use pyo3::prelude::*;
#[pyfunction]
fn split(items: Vec<u64>, size: std::num::NonZeroUsize) -> Vec<Vec<u64>> { items.chunks(size.get()).map(<[u64]>::to_vec).collect() }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(split, m)?)?;
    Ok(())
}

//# bad: panic slice range
use pyo3::prelude::*;
#[pyfunction]
fn head(text: String, n: usize) -> String { text[..n].to_owned() }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(head, m)?)?;
    Ok(())
}

//# good: panic slice range
use pyo3::prelude::*;
#[pyfunction]
fn head(text: String, n: usize) -> Option<String> { text.get(..n).map(str::to_owned) }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(head, m)?)?;
    Ok(())
}

//# bad: panic index arithmetic
use pyo3::prelude::*;
#[pyfunction]
fn before(items: Vec<u64>, at: usize) -> u64 { items[at - 1] }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(before, m)?)?;
    Ok(())
}

//# good: panic index arithmetic
use pyo3::prelude::*;
#[pyfunction]
fn before(items: Vec<u64>, at: usize) -> Option<u64> { items.get(at.checked_sub(1)?).copied() }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(before, m)?)?;
    Ok(())
}

//# bad: panic index cast
use pyo3::prelude::*;
#[pyfunction]
fn nth(items: Vec<u64>, at: i64) -> u64 { items[at as usize] }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(nth, m)?)?;
    Ok(())
}

//# good: panic index cast
use pyo3::prelude::*;
#[pyfunction]
fn nth(items: Vec<u64>, at: usize) -> Option<u64> { items.get(at).copied() }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(nth, m)?)?;
    Ok(())
}
