//# rule: class-not-frozen note
//# report: opendal 0.47.12 lister.rs:36; needletail 0.7.3 python.rs:64; icechunk 1.1.21 streams.rs:18
//# dependency: pyo3 = { version = "0.28" }
//# bad: class-not-frozen for a class that changes through slf: PyRefMut<Self>: frozen does not compile (E0271)
use pyo3::prelude::*;

#[pyclass]
struct Lister {
    next: u64,
}

#[pymethods]
impl Lister {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self) -> Option<u64> {
        (self.next > 0).then_some(self.next)
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Lister>()?;
    Ok(())
}
//# good
use pyo3::prelude::*;

#[pyclass]
struct Lister {
    next: u64,
}

#[pymethods]
impl Lister {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(mut slf: PyRefMut<'_, Self>) -> Option<u64> {
        slf.next += 1;
        Some(slf.next)
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Lister>()?;
    Ok(())
}
