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

fn right(py: Python<'_>) -> &'static Py<PyAny> {
    RIGHT.get_or_init(py, || py.import("json").map(Bound::unbind))
}
