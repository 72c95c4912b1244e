//! The rule `block-on-while-attached`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, State, What};

rule! {
    /// A function blocks on a future while attached to the interpreter.
    ///
    /// # What it does
    /// Reports `block_on` outside `py.detach` in functions that are attached, and calls to functions of the crate that
    /// call it, up to four calls deep.
    ///
    /// # Why it matters
    /// No other Python code runs until the future is done, and a future that needs Python on another thread never
    /// completes.
    /// Also reported in pyo3#1305, icechunk#563, bashkit#413, delta-rs#4402.
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
        for event in function.events.iter().filter(|event| event.state == State::Attached) {
            let waits = event.does.as_ref().and_then(|does| does.waits.as_ref());
            let Some(deed) = waits.filter(|deed| deed.what == What::BlocksOn) else { continue };
            let message = format!(
                "{} calls `{}`, which blocks on a future ({}), while it is attached",
                function.title(),
                event.called(),
                deed.place
            );
            found.add(file.finding(Severity::Warning, &event.at, message).fix("put it into py.detach(|| …)"));
        }
        let waits = function.events.iter().filter(|event| event.what == What::BlocksOn);
        for event in waits.filter(|event| event.state == State::Attached) {
            let message = format!("{} blocks on a future while it is attached", function.title());
            found.add(file.finding(Severity::Warning, &event.at, message).fix("move it into py.detach(|| …)"));
        }
    }
}
