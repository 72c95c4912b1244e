//# rule: submodule-not-importable note
//# report: pyo3#759
//# dependency: pyo3 = "0.28"
//# bad: submodule declarative
#[pymodule]
mod demo {
    use pyo3::prelude::*;
    #[pyfunction]
    fn top() -> u64 { 1 }
    #[pymodule]
    mod inner {
        use pyo3::prelude::*;
        #[pyfunction]
        fn below() -> u64 { 2 }
    }
}

//# good: submodule declarative
#[pymodule]
mod demo {
    use pyo3::prelude::*;
    #[pyfunction]
    fn top() -> u64 { 1 }
    #[pymodule]
    mod inner {
        use pyo3::prelude::*;
        #[pyfunction]
        fn below() -> u64 { 2 }
    }
    #[pymodule_init]
    fn init(m: &Bound<'_, PyModule>) -> PyResult<()> { m.py().import("sys")?.getattr("modules")?.set_item("demo.inner", m.getattr("inner")?) }
}

//# bad: submodule dotted name
use pyo3::prelude::*;
use pyo3::types::PyModule as Module;
#[pyfunction]
fn below() -> u64 { 2 }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    let inner = Module::new(m.py(), "demo.inner")?;
    inner.add_function(wrap_pyfunction!(below, &inner)?)?;
    m.add_submodule(&inner)?;
    m.py().import("sys")?.getattr("modules")?.set_item("demo.inner", inner)
}

//# good: submodule dotted name
use pyo3::prelude::*;
#[pyfunction]
fn below() -> u64 { 2 }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    let inner = PyModule::new(m.py(), "inner")?;
    inner.add_function(wrap_pyfunction!(below, &inner)?)?;
    m.add_submodule(&inner)?;
    m.py().import("sys")?.getattr("modules")?.set_item("demo.inner", inner)
}
