use pyo3::prelude::*;

static mut COUNT: u64 = 0; //~ mutable-static-without-gil
static LIMIT: u64 = 10;

#[pyclass(unsendable, frozen, str)]
struct Tied { //~ unsendable-class
    tree: Rc<Tree>,
}

#[pyclass(frozen, str)]
struct Handle {
    raw: *mut u8,
}

unsafe impl Send for Handle {} //~ unsafe-send-of-class
unsafe impl Sync for Handle {}
unsafe impl Send for NoClass {}

struct Session {
    number: u32,
}

impl Drop for Session {
    fn drop(&mut self) {
        Python::attach(|py| close(py)); //~ attach-in-drop
    }
}

struct Careful {
    number: u32,
}

impl Drop for Careful {
    fn drop(&mut self) {
        Python::try_attach(|py| close(py));
    }
}

impl Careful {
    fn close(&mut self) {
        Python::attach(|py| close(py));
    }
}

#[pyfunction]
fn first_that_works(py: Python<'_>, functions: Vec<Py<PyAny>>) -> Option<Py<PyAny>> {
    for function in &functions {
        if let Ok(value) = function.call0(py) { //~ interrupt-swallowed
            return Some(value);
        }
    }
    for function in &functions {
        match function.call0(py) { //~ interrupt-swallowed
            Ok(value) => return Some(value),
            Err(_) => continue,
        }
    }
    functions.first()?.call0(py).ok() //~ interrupt-swallowed
}

#[pyfunction]
fn first_that_works_or_fails(py: Python<'_>, functions: Vec<Py<PyAny>>) -> PyResult<Py<PyAny>> {
    for function in functions {
        match function.call0(py) {
            Ok(value) => return Ok(value),
            Err(error) if error.is_instance_of::<PyException>(py) => {}
            Err(error) => return Err(error),
        }
    }
    let name = py.None().extract::<String>(py).ok();
    Err(PyValueError::new_err("none"))
}

#[pymodule(gil_used = false)]
fn _demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(first_that_works, m)?)?;
    m.add_function(wrap_pyfunction!(first_that_works_or_fails, m)?)?;
    let child = PyModule::new(m.py(), "child")?;
    m.add_submodule(&child) //~ submodule-not-importable
}

// monowheel: ignore[no-such-rule] it was renamed //~ ignore-invalid
fn ignored() {}
