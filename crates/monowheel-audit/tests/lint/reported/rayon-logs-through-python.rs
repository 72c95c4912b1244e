//# rule: rayon-while-attached error
//# report: vorner/pyo3-log#65
//# dependency: pyo3 = { version = "0.28" }
//# dependency: rayon = "1"
//# dependency: log = "0.4"
//# dependency: pyo3-log = "0.13"
//# bad: log macros in a rayon closure go to Python through pyo3-log
use pyo3::prelude::*;

use rayon::prelude::*;

#[pyfunction]
fn work(rows: Vec<u64>) -> u64 {
    rows.par_iter()
        .map(|row| {
            log::info!("row {row}");
            row * 2
        })
        .sum()
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(work, m)?)?;
    Ok(())
}
//# good
use pyo3::prelude::*;

use rayon::prelude::*;

#[pyfunction]
fn work(py: Python<'_>, rows: Vec<u64>) -> u64 {
    py.detach(|| {
        rows.par_iter()
            .map(|row| {
                log::info!("row {row}");
                row * 2
            })
            .sum()
    })
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(work, m)?)?;
    Ok(())
}
//# bad: a helper logs
use rayon::prelude::*;
fn one(value: &u64) -> u64 { log::info!("{value}"); *value }
#[pyfunction]
fn sum(values: Vec<u64>) -> u64 { values.par_iter().map(|value| one(value)).sum() }
