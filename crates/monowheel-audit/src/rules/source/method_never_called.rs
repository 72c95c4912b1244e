//! The rule `method-never-called`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Role, Source};

rule! {
    /// A special method has a name that Python never calls for classes of PyO3.
    ///
    /// # What it does
    /// Reports `__del__` in `#[pymethods]`, and special methods that only Python 2 had, such as `__nonzero__` and `__cmp__`.
    ///
    /// # Why it matters
    /// PyO3 does not support `__del__`: it becomes an ordinary method, which nobody calls, and what it should free stays open
    /// (pyo3#2479, pyo3#774).
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pymethods]
    /// impl Handle {
    ///     fn __del__(&mut self) { self.close(); }
    /// }
    /// ```
    ///
    /// # Fix
    /// Implement `Drop` for the struct, and `__enter__` and `__exit__` for what has to happen at a certain time. For
    /// names of Python 2: `__bool__`, `__lt__` and the others, `__str__`, `__truediv__`, `__getitem__`.
    pub(super) static RULE: "method-never-called", Source, Warning, Source(check);
}

/// Special methods without effect, each with what has one.
const NEVER: [(&str, &str); 12] = [
    ("__cmp__", "implement __lt__ and the others, or __richcmp__"),
    ("__coerce__", "remove it"),
    ("__del__", "implement Drop for the struct"),
    ("__delslice__", "handle slices in __delitem__"),
    ("__div__", "call it __truediv__"),
    ("__getslice__", "handle slices in __getitem__"),
    ("__idiv__", "call it __itruediv__"),
    ("__long__", "call it __int__"),
    ("__nonzero__", "call it __bool__"),
    ("__rdiv__", "call it __rtruediv__"),
    ("__setslice__", "handle slices in __setitem__"),
    ("__unicode__", "call it __str__"),
];

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.exported().filter(|(_, function)| function.role == Role::Method) {
        let name = function.python_name.as_ref().unwrap_or(&function.name);
        if let Some((_, fix)) = NEVER.iter().find(|(never, _)| never == name) {
            let message = format!("Python never calls {}", function.title());
            found.add(file.finding(Severity::Warning, &function.at, message).fix(*fix));
        }
    }
}
