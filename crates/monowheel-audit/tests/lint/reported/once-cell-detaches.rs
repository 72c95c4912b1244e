//# rule: once-cell-attaches warning
//# report: PyO3/pyo3#975
//# dependency: pyo3 = { version = "0.28" }
//# dependency: once_cell = "1"
//# bad: the initialiser of a OnceCell detaches
use pyo3::prelude::*;

use once_cell::sync::OnceCell;

static TABLE: OnceCell<Vec<u64>> = OnceCell::new();

fn build() -> Vec<u64> {
    (0..1_000_000).collect()
}

#[pyfunction]
fn lookup(py: Python<'_>) -> u64 {
    let table = TABLE.get_or_init(|| py.detach(build));
    table.last().copied().unwrap_or(0)
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(lookup, m)?)?;
    Ok(())
}
//# good
use pyo3::prelude::*;

use std::sync::OnceLock;
use pyo3::sync::OnceLockExt;

static TABLE: OnceLock<Vec<u64>> = OnceLock::new();

fn build() -> Vec<u64> {
    (0..1_000_000).collect()
}

#[pyfunction]
fn lookup(py: Python<'_>) -> u64 {
    let table = TABLE.get_or_init_py_attached(py, build);
    table.last().copied().unwrap_or(0)
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(lookup, m)?)?;
    Ok(())
}
//# bad: in a field, through a method
#[pyclass(frozen)]
struct Model { table: OnceLock<Vec<u64>> }
impl Model {
    fn table(&self, py: Python<'_>) -> &Vec<u64> { self.table.get_or_init(|| py.detach(build)) }
}
//# bad: an import in the initializer
#[pyclass(frozen)]
struct Model { name: OnceLock<String> }
#[pymethods]
impl Model {
    fn name(&self, py: Python<'_>) -> &str { self.name.get_or_init(|| py.import("names").unwrap().to_string()) }
}
//# good: detached before
#[pyclass(frozen)]
struct Model { table: OnceLock<Vec<u64>> }
#[pymethods]
impl Model {
    fn size(&self, py: Python<'_>) -> usize { py.detach(|| self.table.get_or_init(build).len()) }
}
