use pyo3::ffi;
use pyo3::prelude::*;

fn old(object: PyObject) { //~ old-name
    Python::with_gil(|py| { //~ old-name
        py.allow_threads(|| ()); //~ old-name
        let list = PyList::new_bound(py, [1]); //~ old-name
        let other = object.bind(py).downcast::<PyList>(); //~ old-name
    });
}

fn new(object: Py<PyAny>) {
    Python::attach(|py| {
        py.detach(|| ());
        let other = object.bind(py).cast::<PyList>();
    });
}

/// C's own, and somebody else's.
unsafe fn raw(object: *mut ffi::PyObject, any: Box<dyn std::any::Any>) {
    let text = any.downcast::<String>();
    let other: ffi::PyObject = read(object);
}
