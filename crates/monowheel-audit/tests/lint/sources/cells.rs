use std::sync::{LazyLock, OnceLock};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

static JSON: LazyLock<Py<PyAny>> = LazyLock::new(|| {
    Python::attach(|py| load(py)) //~ once-cell-attaches
});
static NAME: LazyLock<String> = LazyLock::new(|| "name".to_owned());
static CELL: OnceLock<Py<PyAny>> = OnceLock::new();
static RIGHT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

fn json(py: Python<'_>) -> &'static Py<PyAny> {
    CELL.get_or_init(|| py.import("json").map(Bound::unbind)) //~ once-cell-attaches
}

/// What is stored there runs later.
fn registers() {
    START.call_once(|| {
        register(Box::new(|name| Python::attach(|py| load(py))));
    });
}

lazy_static! {
    /// The same by a macro.
    static ref OLD: Py<PyAny> = Python::attach(|py| load(py)); //~ once-cell-attaches
    static ref PLAIN: u32 = 1;
}

fn detaches(py: Python<'_>) -> &'static Vec<u64> {
    NUMBERS.get_or_init(|| py.detach(build)) //~ once-cell-attaches
}

fn detaches_well(py: Python<'_>) -> &'static Vec<u64> {
    RIGHT.get_or_init(py, || py.detach(build))
}

fn right(py: Python<'_>) -> &'static Py<PyAny> {
    RIGHT.get_or_init(py, || py.import("json").map(Bound::unbind))
}
