//# rule: mutable-static-without-gil warning
//# report: pyo3#5564
//# dependency: pyo3 = "0.28"
//# bad: static mut default 028
use pyo3::prelude::*;
static mut COUNT: u64 = 0;
#[pyfunction]
fn bump() -> u64 { unsafe { COUNT += 1; COUNT } }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(bump, m)?)?;
    Ok(())
}

//# good: static mut default 028
use pyo3::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};
static COUNT: AtomicU64 = AtomicU64::new(0);
#[pyfunction]
fn bump() -> u64 { COUNT.fetch_add(1, Ordering::Relaxed) + 1 }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(bump, m)?)?;
    Ok(())
}

//# bad: static mut 027 gil used
use pyo3::prelude::*;
static mut COUNT: u64 = 0;
#[pyfunction]
fn bump() -> u64 { unsafe { COUNT += 1; COUNT } }
#[pymodule(gil_used = false)]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> { m.add_function(wrap_pyfunction!(bump, m)?)?; Ok(()) }

//# good: static mut 027 gil used
use pyo3::prelude::*;
static mut COUNT: u64 = 0;
#[pyfunction]
fn bump() -> u64 { unsafe { COUNT += 1; COUNT } }
#[pymodule(gil_used = true)]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> { m.add_function(wrap_pyfunction!(bump, m)?)?; Ok(()) }
