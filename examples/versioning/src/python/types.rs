//! The class `Versions`: facts from compile time and from run time.

use pyo3::prelude::*;

/// The oldest Python that this wheel is for: the newest of the `cfg`s that PyO3's build configuration set.
const FLOOR: (u8, u8) = if cfg!(Py_3_15) {
    (3, 15)
} else if cfg!(Py_3_11) {
    (3, 11)
} else {
    (3, 8)
};

/// The versions of the wheel and of the interpreter.
#[pyclass(frozen, get_all, module = "versioning")]
pub(crate) struct Versions {
    /// The oldest Python that this wheel is for.
    floor: (u8, u8),
    /// Whether the module uses only the stable ABI, and so supports later Pythons too.
    stable_abi: bool,
    /// The running Python.
    running: (u8, u8, u8),
    /// Whether its GIL is currently enabled; before 3.13 it always is.
    gil: bool,
}

impl Versions {
    pub(crate) fn of(py: Python<'_>) -> PyResult<Self> {
        let running = py.version_info();
        // Only newer Pythons have this. The stable ABI has no function for it; the
        // name in `sys` is looked up only if it exists.
        let gil =
            if running >= (3, 13) { py.import("sys")?.getattr("_is_gil_enabled")?.call0()?.extract()? } else { true };
        Ok(Self {
            floor: FLOOR,
            stable_abi: cfg!(Py_LIMITED_API),
            running: (running.major, running.minor, running.patch),
            gil,
        })
    }
}

#[pymethods]
impl Versions {
    fn __repr__(&self) -> String {
        let (floor, running) = (self.floor, self.running);
        format!("<a wheel for {}.{} on Python {}.{}.{}>", floor.0, floor.1, running.0, running.1, running.2)
    }
}
