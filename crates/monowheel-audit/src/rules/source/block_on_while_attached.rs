//! The rule `block-on-while-attached`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, State, What};

rule! {
    /// A function blocks on a future while attached to the interpreter.
    ///
    /// # What it does
    /// Reports `block_on` outside `py.detach` in functions that are attached.
    ///
    /// # Why it matters
    /// No other Python code runs until the future is done, and a future that needs Python on another thread never
    /// completes.
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyfunction]
    /// fn get(url: String) -> PyResult<String> {
    ///     Ok(RUNTIME.block_on(client::get(&url))?)
    /// }
    /// ```
    ///
    /// # Fix
    /// `py.detach(|| RUNTIME.block_on(…))`, or return the future to Python with pyo3-async-runtimes.
    pub(super) static RULE: "block-on-while-attached", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.functions() {
        let waits = function.events.iter().filter(|event| event.what == What::BlocksOn);
        for event in waits.filter(|event| event.state == State::Attached) {
            let message = format!("{} blocks on a future while it is attached", function.title());
            found.add(file.finding(Severity::Warning, &event.at, message).fix("move it into py.detach(|| …)"));
        }
    }
}
