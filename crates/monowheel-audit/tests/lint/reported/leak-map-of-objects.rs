//# rule: missing-traverse warning
//# report: crate-py/rpds#264
//# dependency: pyo3 = { version = "0.28" }
//# dependency: rpds = "1"
//# bad: a map of Python objects without __traverse__
use pyo3::prelude::*;

use rpds::HashTrieMapSync;

#[pyclass(frozen, mapping)]
struct HashTrieMapPy {
    inner: HashTrieMapSync<String, Py<PyAny>>,
}

#[pymethods]
impl HashTrieMapPy {
    fn __repr__(&self) -> String {
        format!("HashTrieMap({})", self.inner.size())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<HashTrieMapPy>()?;
    Ok(())
}
//# good
use pyo3::prelude::*;

use rpds::HashTrieMapSync;

#[pyclass(frozen, mapping)]
struct HashTrieMapPy {
    inner: HashTrieMapSync<String, Py<PyAny>>,
}

#[pymethods]
impl HashTrieMapPy {
    fn __repr__(&self) -> String {
        format!("HashTrieMap({})", self.inner.size())
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        for value in self.inner.values() {
            visit.call(value)?;
        }
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<HashTrieMapPy>()?;
    Ok(())
}
//# bad: a vector, through an alias and a struct
type Handlers = Vec<Py<PyAny>>;
struct Registry { handlers: Handlers }
#[pyclass]
struct Bus { registry: Registry }
#[pymethods]
impl Bus {
    #[new]
    fn new() -> Self { Self { registry: Registry { handlers: Vec::new() } } }
    fn on(&mut self, handler: Py<PyAny>) { self.registry.handlers.push(handler); }
}
//# bad: a helper stores it
#[pyclass]
struct Bus { last: Option<Py<PyAny>> }
impl Bus { fn keep(&mut self, handler: Py<PyAny>) { self.last = Some(handler); } }
#[pymethods]
impl Bus {
    #[new]
    fn new() -> Self { Self { last: None } }
    fn on(&mut self, handler: Py<PyAny>) { self.keep(handler); }
}
//# good: strings alone
#[pyclass]
struct Bus { names: Vec<Py<PyString>> }
#[pymethods]
impl Bus {
    #[new]
    fn new() -> Self { Self { names: Vec::new() } }
    fn on(&mut self, name: Py<PyString>) { self.names.push(name); }
}
//# bad: in an enum, set later
enum Target { None, Object(Py<PyAny>) }
#[pyclass]
struct Link { target: Target }
#[pymethods]
impl Link {
    #[new]
    fn new() -> Self { Self { target: Target::None } }
    fn connect(&mut self, target: Py<PyAny>) { self.target = Target::Object(target); }
}
//# bad: behind a Mutex, by replace
#[pyclass(frozen)]
struct Link { target: Mutex<Option<Py<PyAny>>> }
#[pymethods]
impl Link {
    #[new]
    fn new() -> Self { Self { target: Mutex::new(None) } }
    fn connect(&self, target: Py<PyAny>) { self.target.lock().unwrap().replace(target); }
}
//# bad: a callback, called by a helper
#[pyclass(frozen)]
struct Link { on_change: Py<PyAny> }
#[pymethods]
impl Link {
    #[new]
    fn new(on_change: Py<PyAny>) -> Self { Self { on_change } }
    fn fire(&self, py: Python<'_>) -> PyResult<()> { run(py, &self.on_change) }
}
fn run(py: Python<'_>, callback: &Py<PyAny>) -> PyResult<()> { callback.call1(py, (1,)).map(drop) }
