//! Python objects built directly from the text, without a tree of Rust values.

use std::borrow::Cow;
use std::collections::HashMap;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString};

use crate::Build;

/// Longer keys are seldom repeated.
const SHORT: usize = 32;

/// Builds Python objects.
pub(super) struct Objects<'a, 'py> {
    py: Python<'py>,
    /// Keys that have been read: records repeat them again and again, and an existing string already has its
    /// hash. The names are slices of the text.
    keys: HashMap<&'a str, Bound<'py, PyString>>,
}

impl<'py> Objects<'_, 'py> {
    pub(super) fn new(py: Python<'py>) -> Self {
        Self { py, keys: HashMap::new() }
    }
}

impl<'a, 'py> Build<'a> for Objects<'a, 'py> {
    type Value = Bound<'py, PyAny>;
    type Object = Bound<'py, PyDict>;
    type Error = PyErr;

    fn null(&mut self) -> Self::Value {
        self.py.None().into_bound(self.py)
    }

    fn bool(&mut self, value: bool) -> Self::Value {
        PyBool::new(self.py, value).to_owned().into_any()
    }

    fn integer(&mut self, value: i64) -> PyResult<Self::Value> {
        Ok(value.into_pyobject(self.py)?.into_any())
    }

    fn large(&mut self, digits: &'a str) -> PyResult<Self::Value> {
        // int() itself, with its limit against a text of a million digits.
        self.py.get_type::<PyInt>().call1((digits,))
    }

    fn float(&mut self, value: f64) -> Self::Value {
        PyFloat::new(self.py, value).into_any()
    }

    fn string(&mut self, value: Cow<'a, str>) -> Self::Value {
        // Python's own copy is the only one.
        PyString::new(self.py, &value).into_any()
    }

    fn array(&mut self, items: Vec<Self::Value>) -> PyResult<Self::Value> {
        Ok(PyList::new(self.py, items)?.into_any())
    }

    fn begin(&mut self) -> Self::Object {
        PyDict::new(self.py)
    }

    fn member(&mut self, object: &mut Self::Object, key: Cow<'a, str>, value: Self::Value) -> PyResult<()> {
        match key {
            Cow::Borrowed(text) if text.len() <= SHORT => {
                let py = self.py;
                object.set_item(&*self.keys.entry(text).or_insert_with(|| PyString::new(py, text)), value)
            }
            key => object.set_item(PyString::new(self.py, &key), value),
        }
    }

    fn end(&mut self, object: Self::Object) -> Self::Value {
        object.into_any()
    }
}
