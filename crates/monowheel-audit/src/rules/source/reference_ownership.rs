//! The rule `reference-ownership`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, What};

rule! {
    /// A pointer from the C API is owned although it is borrowed, or borrowed although it is new.
    ///
    /// # What it does
    /// Looks for `from_owned_ptr` and `from_borrowed_ptr` (and those with `_or_opt` and `_or_err`) of what a function of
    /// `pyo3::ffi` returns, directly or in a variable, and compares them with the reference that the C API returns. Functions
    /// that call `Py_INCREF` or `Py_DECREF` themselves are ignored. A borrowed reference that is owned is an error; a new one
    /// that is borrowed is a warning.
    ///
    /// # Why it matters
    /// An owner drops its reference. If it never had one, the object is freed while others use it, and the interpreter
    /// crashes later, elsewhere (pyo3#809). A new reference that nobody owns is never freed (rust-cpython#18, pyo3#72).
    ///
    /// # Example
    /// `Bound::from_owned_ptr(py, ffi::PyList_GetItem(list, 0))`
    ///
    /// # Fix
    /// `Bound::from_borrowed_ptr`, which takes a reference of its own; for new references `Bound::from_owned_ptr`. The
    /// documentation of the C API says for each function which it returns.
    pub(super) static RULE: "reference-ownership", Source, Error, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.functions() {
        for event in &function.events {
            let title = function.title();
            let name = &event.name;
            let (severity, message, fix) = match event.what {
                What::OwnsBorrowed => (
                    Severity::Error,
                    format!("{title} owns what `{name}` only lends: the object is freed while others use it"),
                    "use from_borrowed_ptr",
                ),
                What::LeaksNew => (
                    Severity::Warning,
                    format!("{title} borrows the new reference of `{name}`, which is never freed"),
                    "use from_owned_ptr",
                ),
                _ => continue,
            };
            found.add(file.finding(severity, &event.at, message).fix(fix));
        }
    }
}
