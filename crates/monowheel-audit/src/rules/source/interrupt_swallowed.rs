//! The rule `interrupt-swallowed`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, What};

rule! {
    /// Every exception of a Python call is discarded, including KeyboardInterrupt and SystemExit.
    ///
    /// # What it does
    /// Looks in functions that Python calls for `if let Ok(…) = object.call0(py)`, `.ok()`, `.unwrap_or(…)`, `.is_ok()`
    /// and `Err(_) => continue` on a call of a Python object.
    ///
    /// # Why it matters
    /// Ctrl-C raises an exception in the Python code that happens to run. If that is the callback, the interrupt is lost,
    /// and the loop around it continues (pyo3#5457).
    ///
    /// # Example
    /// ```rust,ignore
    /// for function in functions {
    ///     if let Ok(value) = function.call0(py) { return Some(value); }
    /// }
    /// ```
    ///
    /// # Fix
    /// Pass on exceptions that do not derive from `Exception`:
    /// `Err(error) if error.is_instance_of::<PyException>(py) => {}`, then `Err(error) => return Err(error)`.
    pub(super) static RULE: "interrupt-swallowed", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.exported() {
        for event in function.events.iter().filter(|event| event.what == What::Swallows && event.is_here) {
            let message = format!(
                "{} discards every exception of `{}`, including KeyboardInterrupt",
                function.title(),
                event.name
            );
            found.add(
                file.finding(Severity::Note, &event.at, message)
                    .fix("pass on the error unless error.is_instance_of::<PyException>(py)"),
            );
        }
    }
}
