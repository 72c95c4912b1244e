//! A second module in the same library, without PyO3's guard: PyO3 refuses to be imported by a second interpreter.

use std::ffi::{c_int, c_void};
use std::ptr::{addr_of_mut, null_mut};
use std::sync::atomic::{AtomicPtr, Ordering};

use pyo3::ffi;

/// An object of the interpreter that asked first.
static FIRST: AtomicPtr<ffi::PyObject> = AtomicPtr::new(null_mut());

/// The list that the module has, for its interpreter.
unsafe fn own(module: *mut ffi::PyObject) -> *mut ffi::PyObject {
    unsafe { ffi::PyObject_GetAttrString(module, c"kept".as_ptr()) }
}

/// Returns the list of whichever interpreter asked first, and of one that has ended too.
unsafe extern "C" fn shared(module: *mut ffi::PyObject, _: *mut ffi::PyObject) -> *mut ffi::PyObject {
    unsafe {
        if FIRST.load(Ordering::SeqCst).is_null() {
            let list = own(module);
            // Without a reference of its own.
            ffi::Py_DecRef(list);
            FIRST.store(list, Ordering::SeqCst);
        }
        ffi::PySequence_List(FIRST.load(Ordering::SeqCst))
    }
}

unsafe extern "C" fn shared_fixed(module: *mut ffi::PyObject, _: *mut ffi::PyObject) -> *mut ffi::PyObject {
    unsafe {
        let list = own(module);
        let copy = ffi::PySequence_List(list);
        ffi::Py_DecRef(list);
        copy
    }
}

unsafe extern "C" fn fill(module: *mut ffi::PyObject) -> c_int {
    unsafe {
        let list = ffi::PyList_New(0);
        let failed = ffi::PyObject_SetAttrString(module, c"kept".as_ptr(), list);
        ffi::Py_DecRef(list);
        failed
    }
}

const fn method(name: &'static std::ffi::CStr, function: ffi::PyCFunction) -> ffi::PyMethodDef {
    ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunction: function },
        ml_flags: ffi::METH_NOARGS,
        ml_doc: c"".as_ptr(),
    }
}

static mut METHODS: [ffi::PyMethodDef; 3] =
    [method(c"shared", shared), method(c"shared_fixed", shared_fixed), ffi::PyMethodDef::zeroed()];
static mut SLOTS: [ffi::PyModuleDef_Slot; 2] = [
    ffi::PyModuleDef_Slot { slot: ffi::Py_mod_exec, value: fill as *mut c_void },
    ffi::PyModuleDef_Slot { slot: 0, value: null_mut() },
];
static mut DEFINITION: ffi::PyModuleDef = ffi::PyModuleDef {
    m_base: ffi::PyModuleDef_HEAD_INIT,
    m_name: c"planted_raw".as_ptr(),
    m_doc: c"".as_ptr(),
    m_size: 0,
    m_methods: addr_of_mut!(METHODS).cast(),
    m_slots: addr_of_mut!(SLOTS).cast(),
    m_traverse: None,
    m_clear: None,
    m_free: None,
};

/// # Safety
/// Python calls it, once for each interpreter.
#[no_mangle]
pub unsafe extern "C" fn PyInit_planted_raw() -> *mut ffi::PyObject {
    unsafe { ffi::PyModuleDef_Init(addr_of_mut!(DEFINITION)) }
}
