//# rule: block-on-while-attached warning
//# report: pyo3#1305
//# dependency: pyo3 = "0.28"
//# dependency: tokio = { version = "1", features = ["full"] }
//# dependency: futures = "0.3"
//# dependency: pollster = "0.4"
//# bad: block trait method
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
trait Backend { fn get(&self, n: u64) -> u64; }
struct Remote;
impl Backend for Remote { fn get(&self, n: u64) -> u64 { RT.block_on(fetch(n)) } }
#[pyfunction]
fn get(n: u64) -> u64 { Remote.get(n) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# good: block trait method
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
trait Backend { fn get(&self, n: u64) -> u64; }
struct Remote;
impl Backend for Remote { fn get(&self, n: u64) -> u64 { RT.block_on(fetch(n)) } }
#[pyfunction]
fn get(py: Python<'_>, n: u64) -> u64 { py.detach(|| Remote.get(n)) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# bad: block dyn trait
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
trait Backend: Send + Sync { fn get(&self, n: u64) -> u64; }
struct Remote;
impl Backend for Remote { fn get(&self, n: u64) -> u64 { RT.block_on(fetch(n)) } }
#[pyclass(frozen)]
struct Store { inner: Box<dyn Backend> }
#[pymethods]
impl Store { #[new] fn new() -> Self { Self { inner: Box::new(Remote) } }
    fn __repr__(&self) -> &str { "Store" }
    fn get(&self, n: u64) -> u64 { self.inner.get(n) } }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Store>()?;
    Ok(())
}

//# good: block dyn trait
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
trait Backend: Send + Sync { fn get(&self, n: u64) -> u64; }
struct Remote;
impl Backend for Remote { fn get(&self, n: u64) -> u64 { RT.block_on(fetch(n)) } }
#[pyclass(frozen)]
struct Store { inner: Box<dyn Backend> }
#[pymethods]
impl Store { #[new] fn new() -> Self { Self { inner: Box::new(Remote) } }
    fn __repr__(&self) -> &str { "Store" }
    fn get(&self, py: Python<'_>, n: u64) -> u64 { py.detach(|| self.inner.get(n)) } }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Store>()?;
    Ok(())
}

//# bad: block generic helper
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
fn wait<F: std::future::Future>(future: F) -> F::Output { RT.handle().block_on(future) }
#[pyfunction]
fn get(n: u64) -> u64 { wait(fetch(n)) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# good: block generic helper
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
fn wait<F: std::future::Future + Send>(py: Python<'_>, future: F) -> F::Output where F::Output: Send { py.detach(|| RT.handle().block_on(future)) }
#[pyfunction]
fn get(py: Python<'_>, n: u64) -> u64 { wait(py, fetch(n)) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# bad: block tokio main
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
#[tokio::main]
async fn run(n: u64) -> u64 { fetch(n).await }
#[pyfunction]
fn get(n: u64) -> u64 { run(n) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# good: block tokio main
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
#[tokio::main]
async fn run(n: u64) -> u64 { fetch(n).await }
#[pyfunction]
fn get(py: Python<'_>, n: u64) -> u64 { py.detach(|| run(n)) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# bad: block macro
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
macro_rules! wait { ($e:expr) => { RT.block_on($e) }; }
#[pyfunction]
fn get(n: u64) -> u64 { wait!(fetch(n)) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# good: block macro
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
macro_rules! wait { ($py:expr, $e:expr) => { $py.detach(|| RT.block_on($e)) }; }
#[pyfunction]
fn get(py: Python<'_>, n: u64) -> u64 { wait!(py, fetch(n)) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# bad: block import alias
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
use futures::executor::block_on as wait;
#[pyfunction]
fn get(n: u64) -> u64 { wait(fetch(n)) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# good: block import alias
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
use futures::executor::block_on as wait;
#[pyfunction]
fn get(py: Python<'_>, n: u64) -> u64 { py.detach(|| wait(fetch(n))) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# bad: block in place
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
#[pyfunction]
fn get(n: u64) -> u64 { tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(fetch(n))) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# good: block in place
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
#[pyfunction]
fn get(py: Python<'_>, n: u64) -> u64 { py.detach(|| tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(fetch(n)))) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# bad: block map closure
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
#[pyfunction]
fn get(all: Vec<u64>) -> Vec<u64> { all.into_iter().map(|n| RT.block_on(fetch(n))).collect() }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# good: block map closure
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
#[pyfunction]
fn get(py: Python<'_>, all: Vec<u64>) -> Vec<u64> { py.detach(|| all.into_iter().map(|n| RT.block_on(fetch(n))).collect()) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# bad: block inside attach
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
fn tick(n: u64) { std::thread::spawn(move || Python::attach(|_py| RT.block_on(fetch(n)))); }
#[pyfunction]
fn get(n: u64) { tick(n) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# good: block inside attach
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
fn tick(n: u64) { std::thread::spawn(move || { let got = RT.block_on(fetch(n)); Python::attach(|_py| got) }); }
#[pyfunction]
fn get(n: u64) { tick(n) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# bad: block from into
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
struct Answer(u64);
impl From<u64> for Answer { fn from(n: u64) -> Self { Self(RT.block_on(fetch(n))) } }
#[pyfunction]
fn get(n: u64) -> u64 { Answer::from(n).0 }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# good: block from into
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
struct Answer(u64);
impl From<u64> for Answer { fn from(n: u64) -> Self { Self(RT.block_on(fetch(n))) } }
#[pyfunction]
fn get(py: Python<'_>, n: u64) -> u64 { py.detach(|| Answer::from(n).0) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# bad: block impl into py
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
struct Lazy(u64);
impl<'py> IntoPyObject<'py> for Lazy {
    type Target = pyo3::types::PyInt; type Output = Bound<'py, Self::Target>; type Error = std::convert::Infallible;
    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Self::Error> { RT.block_on(fetch(self.0)).into_pyobject(py) }
}
#[pyfunction]
fn get(n: u64) -> Lazy { Lazy(n) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# good: block impl into py
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use std::sync::LazyLock;
static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
async fn fetch(n: u64) -> u64 { n }
struct Lazy(u64);
impl<'py> IntoPyObject<'py> for Lazy {
    type Target = pyo3::types::PyInt; type Output = Bound<'py, Self::Target>; type Error = std::convert::Infallible;
    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Self::Error> { self.0.into_pyobject(py) }
}
#[pyfunction]
fn get(n: u64) -> Lazy { Lazy(n) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(get, m)?)?;
    Ok(())
}

//# bad: drop block on class
use pyo3::prelude::*;
use tokio::runtime::Runtime;
#[pyclass]
struct Client { rt: Runtime }
#[pymethods]
impl Client { fn __repr__(&self) -> &str { "C" } }
impl Drop for Client { fn drop(&mut self) { self.rt.block_on(async {}); } }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Client>()?;
    Ok(())
}

//# good: drop block on class
use pyo3::prelude::*;
use tokio::runtime::Runtime;
#[pyclass]
struct Client { rt: Runtime }
#[pymethods]
impl Client { fn __repr__(&self) -> &str { "C" } fn close(&self, py: Python<'_>) { py.detach(|| self.rt.block_on(async {})); } }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Client>()?;
    Ok(())
}
