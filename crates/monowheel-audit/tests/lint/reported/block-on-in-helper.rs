//# rule: block-on-while-attached warning
//# report: delta-io/delta-rs#4402
//# dependency: pyo3 = { version = "0.28" }
//# dependency: tokio = { version = "1", features = ["full"] }
//# bad: the method calls a helper without a token, and the helper calls block_on
use pyo3::prelude::*;

use std::future::Future;
use std::sync::OnceLock;
use tokio::runtime::Runtime;

static RUNTIME: OnceLock<Runtime> = OnceLock::new();

fn wait_for<F: Future>(future: F) -> F::Output {
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime")).block_on(future)
}

async fn newest() -> u64 {
    7
}

#[pyfunction]
fn transaction_version() -> u64 {
    wait_for(newest())
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(transaction_version, m)?)?;
    Ok(())
}
//# good
use pyo3::prelude::*;

use std::future::Future;
use std::sync::OnceLock;
use tokio::runtime::Runtime;

static RUNTIME: OnceLock<Runtime> = OnceLock::new();

fn wait_for<F: Future>(future: F) -> F::Output {
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime")).block_on(future)
}

async fn newest() -> u64 {
    7
}

#[pyfunction]
fn transaction_version(py: Python<'_>) -> u64 {
    py.detach(|| wait_for(newest()))
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(transaction_version, m)?)?;
    Ok(())
}
//# bad: two calls far, by a method of a field
struct Inner { runtime: Runtime }
impl Inner {
    fn ready(&self) -> u64 { self.runtime.block_on(work()) }
    fn version(&self) -> u64 { self.ready() }
}
#[pyclass(frozen)]
struct Table { inner: Arc<Inner> }
#[pymethods]
impl Table {
    fn version(&self) -> u64 { self.inner.version() }
}
//# good: the same, detached
struct Inner { runtime: Runtime }
impl Inner {
    fn wait(&self) -> u64 { self.runtime.block_on(work()) }
}
#[pyclass(frozen)]
struct Table { inner: Arc<Inner> }
#[pymethods]
impl Table {
    fn version(&self, py: Python<'_>) -> u64 { py.detach(|| self.inner.wait()) }
}
//# bad: a helper that takes a closure
fn with_runtime<R>(run: impl FnOnce(&Runtime) -> R) -> R { run(&RUNTIME) }
#[pyfunction]
fn version() -> u64 { with_runtime(|runtime| runtime.block_on(work())) }
//# bad: a helper of a trait's implementation
struct Client;
impl Client { fn get(&self) -> u64 { futures::executor::block_on(work()) } }
#[pyfunction]
fn version(py: Python<'_>) -> u64 { let client = Client; client.get() }
//# good: a helper that detaches itself
fn wait(py: Python<'_>) -> u64 { py.detach(|| futures::executor::block_on(work())) }
#[pyfunction]
fn version(py: Python<'_>) -> u64 { wait(py) }
