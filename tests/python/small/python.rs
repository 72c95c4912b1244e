//! The extension module `hello_world._hello_world`, with the C API alone.

use std::ptr::{self, addr_of_mut};

use pyo3_ffi::{
    PyBytes_AsString, PyBytes_Size, PyErr_SetString, PyExc_ValueError, PyMethodDef, PyMethodDefPointer, PyModuleDef,
    PyModuleDef_HEAD_INIT, PyModuleDef_Init, PyObject, PyUnicode_AsUTF8String, PyUnicode_FromStringAndSize, Py_DECREF,
    Py_ssize_t, METH_O,
};

static mut METHODS: [PyMethodDef; 2] = [
    PyMethodDef {
        ml_name: c"greet".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunction: greet },
        ml_flags: METH_O,
        ml_doc: c"A greeting for `name`.".as_ptr(),
    },
    PyMethodDef::zeroed(),
];

static mut MODULE: PyModuleDef = PyModuleDef {
    m_base: PyModuleDef_HEAD_INIT,
    m_name: c"_hello_world".as_ptr(),
    m_doc: c"The compiled part of `hello_world`.".as_ptr(),
    m_size: 0,
    m_methods: addr_of_mut!(METHODS).cast(),
    m_slots: ptr::null_mut(),
    m_traverse: None,
    m_clear: None,
    m_free: None,
};

/// The module's definition, for the import system.
#[no_mangle]
pub extern "C" fn PyInit__hello_world() -> *mut PyObject {
    // SAFETY: the definition lives as long as the process, and only the interpreter writes it, with the GIL held.
    unsafe { PyModuleDef_Init(addr_of_mut!(MODULE)) }
}

unsafe extern "C" fn greet(_module: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    // SAFETY: the interpreter calls this with the GIL held and a valid object; the bytes live until `Py_DECREF`.
    unsafe {
        let bytes = PyUnicode_AsUTF8String(name);
        if bytes.is_null() {
            return ptr::null_mut();
        }
        let length = usize::try_from(PyBytes_Size(bytes)).unwrap_or(0);
        let text = std::slice::from_raw_parts(PyBytes_AsString(bytes).cast::<u8>(), length);
        let greeting = crate::greet(&String::from_utf8_lossy(text));
        Py_DECREF(bytes);
        match greeting {
            Ok(text) => PyUnicode_FromStringAndSize(text.as_ptr().cast(), text.len() as Py_ssize_t),
            Err(_) => {
                PyErr_SetString(PyExc_ValueError, c"not a name".as_ptr());
                ptr::null_mut()
            }
        }
    }
}
