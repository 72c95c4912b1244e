//! The rule `interrupt-swallowed`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, What};

rule! {
    /// Any error of Python code is taken for "no", KeyboardInterrupt and SystemExit among them.
    ///
    /// # What it does
    /// Looks in functions that Python calls for `if let Ok(…) = object.call0(py)`, `.ok()`, `.unwrap_or(…)`, `.is_ok()` and
    /// `Err(_) => continue` on a call of a Python object.
    ///
    /// # Why it matters
    /// Ctrl-C arrives as an exception of whatever Python code runs just then. Where that is the callback, the interrupt is
    /// gone, and the loop around it goes on (pyo3#5457).
    ///
    /// # Example
    /// ```rust,ignore
    /// for function in functions {
    ///     if let Ok(value) = function.call0(py) { return Some(value); }
    /// }
    /// ```
    ///
    /// # Fix
    /// Pass on what is no `Exception`: `Err(error) if error.is_instance_of::<PyException>(py) => {}`, `Err(error) => return Err(error)`.
    pub(super) static RULE: "interrupt-swallowed", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.exported() {
        for event in function.events.iter().filter(|event| event.what == What::Swallows && event.is_here) {
            let message =
                format!("{} drops every error of `{}`, that of Ctrl-C too", function.title(), event.name);
            found.add(
                file.finding(Severity::Note, &event.at, message)
                    .fix("pass on errors that are no Exception: error.is_instance_of::<PyException>(py)"),
            );
        }
    }
}
