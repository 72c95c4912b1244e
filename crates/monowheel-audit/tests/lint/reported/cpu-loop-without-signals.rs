//# rule: loop-without-signals note
//# report: Eventual-Inc/Daft#755
//# dependency: pyo3 = { version = "0.28" }
//# bad: a long loop of Rust alone: Ctrl-C does nothing
use pyo3::prelude::*;

#[pyfunction]
fn collatz(py: Python<'_>, mut value: u64) -> u64 {
    py.detach(|| {
        let mut steps = 0;
        while value != 1 {
            value = if value % 2 == 0 { value / 2 } else { 3 * value + 1 };
            steps += 1;
        }
        steps
    })
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(collatz, m)?)?;
    Ok(())
}
//# good
use pyo3::prelude::*;

#[pyfunction]
fn collatz(py: Python<'_>, mut value: u64) -> PyResult<u64> {
    let mut steps = 0_u64;
    while value != 1 {
        value = if value % 2 == 0 { value / 2 } else { 3 * value + 1 };
        steps += 1;
        if steps % 65_536 == 0 {
            py.check_signals()?;
        }
    }
    Ok(steps)
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(collatz, m)?)?;
    Ok(())
}
//# bad: an endless loop in a method
#[pyclass(frozen)]
struct Search { best: AtomicU64 }
#[pymethods]
impl Search {
    fn run(&self) -> u64 { let mut n = 0_u64; loop { n = n.wrapping_mul(31).wrapping_add(7); if n % 1_000_003 == 5 { return n; } } }
}
//# good: the loop asks
#[pyclass(frozen)]
struct Search { best: AtomicU64 }
#[pymethods]
impl Search {
    fn run(&self, py: Python<'_>) -> PyResult<u64> { let mut n = 0_u64; loop { py.check_signals()?; n += 7; if n % 1_000_003 == 5 { return Ok(n); } } }
}
//# good: a loop over a few values
#[pyfunction]
fn sum(values: Vec<u64>) -> u64 { let mut sum = 0; for value in values { sum += value; } sum }
