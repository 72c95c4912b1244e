//# rule: bytes-as-vector note
//# report: earth-mover/icechunk#1107 (and meta-pytorch/monarch#402)
//# dependency: pyo3 = { version = "0.25" }
//# bad: Vec<u8> as a parameter takes bytes element by element (PyO3 before 0.27)
use pyo3::prelude::*;

#[pyfunction]
fn checksum(data: Vec<u8>) -> u64 {
    data.iter().map(|byte| u64::from(*byte)).sum()
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(checksum, m)?)?;
    Ok(())
}
//# good
use pyo3::prelude::*;

#[pyfunction]
fn checksum(data: &[u8]) -> u64 {
    data.iter().map(|byte| u64::from(*byte)).sum()
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(checksum, m)?)?;
    Ok(())
}
//# bad: an Option of it, in a method
#[pyclass(frozen)]
struct Codec {}
#[pymethods]
impl Codec { fn encode(&self, data: Option<Vec<u8>>) -> usize { 1 } }
//# good: other numbers
#[pyfunction]
fn sum(data: Vec<u32>) -> u32 { data.iter().sum() }
//# good: Rust passes it
fn checksum(data: Vec<u8>) -> u64 { 1 }
