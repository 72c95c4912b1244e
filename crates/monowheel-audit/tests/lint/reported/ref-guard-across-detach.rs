//# rule: exclusive-self-across-detach warning
//# report: meta-pytorch/monarch#3862
//# dependency: pyo3 = { version = "0.28" }
//# bad: PyRef<Self> kept over detach, while another method wants &mut self
use pyo3::prelude::*;

#[pyclass]
struct Shared {
    value: u64,
}

#[pymethods]
impl Shared {
    #[new]
    fn new() -> Self {
        Self { value: 1 }
    }

    fn __repr__(&self) -> String {
        format!("Shared({})", self.value)
    }

    fn block(slf: PyRefMut<'_, Self>, py: Python<'_>) -> u64 {
        let value = slf.value;
        py.detach(move || value + 1)
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Shared>()?;
    Ok(())
}
//# good
use pyo3::prelude::*;

#[pyclass]
struct Shared {
    value: u64,
}

#[pymethods]
impl Shared {
    #[new]
    fn new() -> Self {
        Self { value: 1 }
    }

    fn __repr__(&self) -> String {
        format!("Shared({})", self.value)
    }

    fn block(mut slf: PyRefMut<'_, Self>, py: Python<'_>) -> u64 {
        slf.value += 1;
        let value = slf.value;
        drop(slf);
        py.detach(move || value + 1)
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Shared>()?;
    Ok(())
}
//# bad: borrowed in the function
#[pyclass]
struct Shared { count: u64 }
#[pymethods]
impl Shared {
    fn block(slf: Bound<'_, Self>, py: Python<'_>) { let mut guard = slf.borrow_mut(); py.detach(|| guard.count += 1) }
}
//# good: borrowed, and let go before
#[pyclass]
struct Shared { count: u64 }
#[pymethods]
impl Shared {
    fn block(slf: Bound<'_, Self>, py: Python<'_>) { { let mut guard = slf.borrow_mut(); guard.count += 1; } py.detach(|| work()) }
}
//# bad: &mut self
#[pyclass]
struct Shared { count: u64 }
#[pymethods]
impl Shared {
    fn block(&mut self, py: Python<'_>) { py.detach(|| self.count += 1) }
}
//# good: &self
#[pyclass(frozen)]
struct Shared { count: AtomicU64 }
#[pymethods]
impl Shared {
    fn block(&self, py: Python<'_>) { py.detach(|| self.count.fetch_add(1, Relaxed)); }
}
