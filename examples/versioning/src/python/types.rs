//! The class `Versions`: what was known at compile time, and what is found out at run time.

use pyo3::prelude::*;

/// The oldest Python that this wheel is for: the newest of the `cfg`s that PyO3's build configuration set.
const FLOOR: (u8, u8) = if cfg!(Py_3_15) {
    (3, 15)
} else if cfg!(Py_3_11) {
    (3, 11)
} else {
    (3, 8)
};

/// The versions that met.
#[pyclass(frozen, get_all, module = "versioning")]
pub(crate) struct Versions {
    /// The oldest Python that this wheel is for.
    floor: (u8, u8),
    /// Whether the module keeps to the stable ABI, and so serves later Pythons too.
    stable_abi: bool,
    /// The Python that runs.
    running: (u8, u8, u8),
    /// Whether it has its GIL on now; Pythons before 3.13 always do.
    gil: bool,
}

impl Versions {
    pub(crate) fn of(py: Python<'_>) -> PyResult<Self> {
        let running = py.version_info();
        // A newer Python is asked what an older one does not have. The stable ABI has no function for this; the
        // name in `sys` is looked up only where it is.
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
