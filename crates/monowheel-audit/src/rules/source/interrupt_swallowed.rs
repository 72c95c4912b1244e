//! The rule `interrupt-swallowed`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Function, Source, What};

rule! {
    /// Every exception of a Python call is discarded, including KeyboardInterrupt and SystemExit.
    ///
    /// # What it does
    /// Looks in functions that Python calls for `if let Ok(…) = object.call0(py)`, `.ok()`, `.unwrap_or(…)`, `.is_ok()`,
    /// `.map_err(|_| …)`, `Err(_) => continue`, and `if let Err(error)` and `Err(error) => { … }` in a loop that goes on, on a
    /// call of a Python object and on `py.check_signals()`. `__repr__` and `__str__` are ignored.
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
    // The text of an object is for people, who see that something went wrong.
    let is_text = |function: &Function| matches!(function.name.as_str(), "__repr__" | "__str__");
    for (file, function) in source.exported().filter(|(_, function)| !is_text(function)) {
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
