//# rule: rayon-while-attached error
//# report: nyx-space/anise#457
//# dependency: pyo3 = { version = "0.28" }
//# dependency: rayon = "1"
//# bad: rayon over Python objects, each attaches, while the caller is attached
use pyo3::prelude::*;

use rayon::prelude::*;

#[pyfunction]
fn transform_many(times: Vec<Py<PyAny>>) -> Vec<f64> {
    times
        .par_iter()
        .map(|time| Python::attach(|py| time.bind(py).extract::<f64>().unwrap_or(f64::NAN)))
        .collect()
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(transform_many, m)?)?;
    Ok(())
}
//# good
use pyo3::prelude::*;

use rayon::prelude::*;

#[pyfunction]
fn transform_many(py: Python<'_>, times: Vec<Py<PyAny>>) -> Vec<f64> {
    py.detach(|| {
        times
            .par_iter()
            .map(|time| Python::attach(|py| time.bind(py).extract::<f64>().unwrap_or(f64::NAN)))
            .collect()
    })
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(transform_many, m)?)?;
    Ok(())
}
//# bad: a helper attaches
fn one(value: &Py<PyAny>) -> u64 { Python::attach(|py| value.extract(py).unwrap_or(0)) }
#[pyfunction]
fn sum(values: Vec<Py<PyAny>>) -> u64 { values.par_iter().map(|value| one(value)).sum() }
//# bad: the helper is passed by its name
fn one(value: &Py<PyAny>) -> u64 { Python::attach(|py| value.extract(py).unwrap_or(0)) }
#[pyfunction]
fn sum(values: Vec<Py<PyAny>>) -> u64 { values.par_iter().map(one).sum() }
//# bad: rayon::join
#[pyfunction]
fn both(py: Python<'_>, a: Py<PyAny>) { rayon::join(|| Python::attach(|py| a.call0(py)), || work()); }
//# bad: a scope
#[pyfunction]
fn all(a: Py<PyAny>) { rayon::scope(|scope| scope.spawn(|_| { Python::with_gil(|py| a.call0(py)); })); }
//# good: detached around
#[pyfunction]
fn sum(py: Python<'_>, values: Vec<Py<PyAny>>) -> u64 {
    py.detach(|| values.par_iter().map(|value| Python::attach(|py| value.extract::<u64>(py).unwrap_or(0))).sum())
}
//# good: an iterator of another kind
#[pyfunction]
fn sum(values: Vec<u64>) -> u64 { values.iter().map(|value| value + 1).sum() }
