//! A tree whose nodes know their parents: cycles by design, callbacks, and locks that are never held across one.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;

use crate::Error;

/// A node of a tree. It owns its children, and they own it: Python counts both references.
#[pyclass(module = "ffi_safety", frozen)]
pub(crate) struct Node {
    /// Never changes, so it needs no lock.
    value: Py<PyAny>,
    links: Mutex<Links>,
}

#[derive(Default)]
struct Links {
    parent: Option<Py<Node>>,
    children: Vec<Py<Node>>,
}

/// Held while any tree changes: otherwise two threads could put each node below the other. It is taken before the
/// lock of a node, never after.
static SHAPE: Mutex<()> = Mutex::new(());

impl Node {
    // Not `lock_py_attached`: it would hold the lock while it waits to attach, and the collector waits for the lock.
    // The holder of this one does not need Python, so nobody waits for long.
    fn links(&self) -> MutexGuard<'_, Links> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn parent_of<'py>(node: &Bound<'py, Self>) -> Option<Bound<'py, Self>> {
        node.get().links().parent.as_ref().map(|parent| parent.bind(node.py()).clone())
    }

    /// The current children. Their references are copied under the lock, and used after it.
    fn children_of<'py>(node: &Bound<'py, Self>) -> Vec<Bound<'py, Self>> {
        node.get().links().children.iter().map(|child| child.bind(node.py()).clone()).collect()
    }
}

#[pymethods]
impl Node {
    #[new]
    fn new(value: Py<PyAny>) -> Self {
        Self { value, links: Mutex::default() }
    }

    /// The value it was created with.
    // Cloning a `Py<T>` needs the token: it adds a reference to the same object.
    #[getter]
    fn value(&self, py: Python<'_>) -> Py<PyAny> {
        self.value.clone_ref(py)
    }

    /// The node above, or None.
    // `slf` instead of `self`, because the object itself is needed, and not only its content.
    #[getter]
    fn parent<'py>(slf: &Bound<'py, Self>) -> Option<Bound<'py, Self>> {
        Self::parent_of(slf)
    }

    /// The nodes below, in order.
    #[getter]
    fn children<'py>(slf: &Bound<'py, Self>) -> Vec<Bound<'py, Self>> {
        Self::children_of(slf)
    }

    /// Add `child`. Raises ValueError if it has a parent, or if this node is below it.
    fn add(slf: &Bound<'_, Self>, child: &Bound<'_, Self>) -> Result<(), Error> {
        let _shape = SHAPE.lock().unwrap_or_else(PoisonError::into_inner);
        // Each ancestor is owned by the one before it: none of these references is the last, so none frees anything.
        let mut above = Some(slf.clone());
        while let Some(node) = above {
            if node.is(child) {
                return Err(Error::OwnAncestor);
            }
            above = Self::parent_of(&node);
        }
        let mut links = child.get().links();
        if links.parent.is_some() {
            return Err(Error::HasParent);
        }
        links.parent = Some(slf.clone().unbind());
        drop(links);
        slf.get().links().children.push(child.clone().unbind());
        Ok(())
    }

    /// Call `visit` with this node and all below it, from the top. It may change the tree.
    fn walk(slf: &Bound<'_, Self>, visit: &Bound<'_, PyAny>) -> PyResult<()> {
        // A list instead of recursion: a tree can be deeper than a thread's stack.
        let mut left = vec![slf.clone()];
        while let Some(node) = left.pop() {
            // This can run any code, so no lock is held.
            visit.call1((&node,))?;
            left.extend(Self::children_of(&node).into_iter().rev());
        }
        Ok(())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("Node({})", self.value.bind(py).repr()?))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        let links = self.links();
        visit.call(&self.value)?;
        visit.call(&links.parent)?;
        links.children.iter().try_for_each(|child| visit.call(child))
    }

    // Immutable fields need not be cleared: every cycle goes through a link.
    fn __clear__(&self) {
        let links = std::mem::take(&mut *self.links());
        drop(links);
    }
}
