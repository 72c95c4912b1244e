//# rule: rayon-while-attached note
//# report: anise#457
//# dependency: pyo3 = "0.28"
//# dependency: rayon = "1"
//# bad: rayon helper attach
use pyo3::prelude::*;
use rayon::prelude::*;
fn score(one: &Py<PyAny>) -> f64 { Python::attach(|py| one.call0(py).and_then(|it| it.extract(py)).unwrap_or(0.0)) }
#[pyfunction]
fn all(items: Vec<Py<PyAny>>) -> Vec<f64> { items.par_iter().map(score).collect() }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(all, m)?)?;
    Ok(())
}

//# good: rayon helper attach
use pyo3::prelude::*;
use rayon::prelude::*;
fn score(one: &Py<PyAny>) -> f64 { Python::attach(|py| one.call0(py).and_then(|it| it.extract(py)).unwrap_or(0.0)) }
#[pyfunction]
fn all(py: Python<'_>, items: Vec<Py<PyAny>>) -> Vec<f64> { py.detach(|| items.par_iter().map(score).collect()) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(all, m)?)?;
    Ok(())
}

//# bad: rayon join
use pyo3::prelude::*;
use rayon::prelude::*;
#[pyfunction]
fn both(a: Py<PyAny>, b: Py<PyAny>) -> bool { let run = |one: Py<PyAny>| Python::attach(|py| one.call0(py).is_ok()); let (x, y) = rayon::join(|| run(a), || run(b)); x && y }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(both, m)?)?;
    Ok(())
}

//# good: rayon join
use pyo3::prelude::*;
use rayon::prelude::*;
#[pyfunction]
fn both(py: Python<'_>, a: Py<PyAny>, b: Py<PyAny>) -> bool { let run = |one: Py<PyAny>| Python::attach(|py| one.call0(py).is_ok()); let (x, y) = py.detach(|| rayon::join(|| run(a), || run(b))); x && y }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(both, m)?)?;
    Ok(())
}

//# bad: rayon pool install
use pyo3::prelude::*;
use rayon::prelude::*;
#[pyfunction]
fn total(items: Vec<f64>, threads: usize) -> f64 { let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap(); pool.install(|| items.par_iter().sum()) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(total, m)?)?;
    Ok(())
}

//# good: rayon pool install
use pyo3::prelude::*;
use rayon::prelude::*;
#[pyfunction]
fn total(py: Python<'_>, items: Vec<f64>, threads: usize) -> f64 { py.detach(|| { let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap(); pool.install(|| items.par_iter().sum()) }) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(total, m)?)?;
    Ok(())
}

//# bad: rayon in helper
use pyo3::prelude::*;
use rayon::prelude::*;
fn sum(items: &[f64]) -> f64 { items.par_iter().map(|it| it.sqrt()).sum() }
#[pyfunction]
fn total(items: Vec<f64>) -> f64 { sum(&items) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(total, m)?)?;
    Ok(())
}

//# good: rayon in helper
use pyo3::prelude::*;
use rayon::prelude::*;
fn sum(items: &[f64]) -> f64 { items.par_iter().map(|it| it.sqrt()).sum() }
#[pyfunction]
fn total(py: Python<'_>, items: Vec<f64>) -> f64 { py.detach(|| sum(&items)) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(total, m)?)?;
    Ok(())
}
