use pyo3::prelude::*;

#[pyfunction]
fn forgotten() {} //~ never-registered

#[pyfunction]
fn added() {}

/// Rust calls it, at the import.
#[pyfunction]
fn checks() {}

#[pyfunction]
fn by_a_macro_of_ours() {}

#[cfg(feature = "more")]
#[pyfunction]
fn sometimes() {}

#[pyclass(frozen, str)]
struct Made { //~ never-registered
    number: u32,
}

#[pymethods]
impl Made {
    #[new]
    fn new() -> Self {
        Self { number: 0 }
    }
}

/// Given out, never made by Python.
#[pyclass(frozen, str)]
struct Given {
    number: u32,
}

#[pyclass(frozen, str)]
struct Added {
    number: u32,
}

#[pymethods]
impl Added {
    #[new]
    fn new() -> Self {
        Self { number: 0 }
    }
}

/// In the module under another name.
#[pyclass(frozen, str)]
struct EulerParameter {
    number: u32,
}

#[pymethods]
impl EulerParameter {
    #[new]
    fn new() -> Self {
        Self { number: 0 }
    }
}

type Quaternion = EulerParameter;

#[pymodule]
fn _demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(added, m)?)?;
    m.add_class::<Added>()?;
    m.add_class::<Quaternion>()?;

    #[pyfn(m)]
    fn directly() {
        std::thread::sleep(LONG); //~ blocking-call-while-attached
    }

    #[pyfunction]
    fn beside() {}

    #[pyfunction]
    fn forgotten_beside() {} //~ never-registered

    m.add_function(wrap_pyfunction!(beside, m)?)?;
    checks();
    register!(m, by_a_macro_of_ours);
    Ok(())
}

#[pymodule]
mod _other {
    #[pymodule_export]
    use super::exported;

    #[pyfunction]
    fn inside() {}
}

#[pyfunction]
fn exported() {}
