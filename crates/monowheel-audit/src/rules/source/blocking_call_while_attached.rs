//! The rule `blocking-call-while-attached`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, State, What};

rule! {
    /// A blocking call is made while attached to the interpreter, so every other Python thread waits too.
    ///
    /// # What it does
    /// In functions that Python calls, and in those with a `Python` token or a `Bound`, looks for sleeping, joining
    /// threads, receiving from channels, connecting, reading lines, waiting for a process, dropping a tokio `Runtime`
    /// (warnings) and for functions of `std::fs` that read or write a complete file (notes) outside `py.detach`. Calls
    /// to functions of the crate that do so are warnings too.
    ///
    /// # Why it matters
    /// An attached thread holds the GIL. While it waits, no other Python thread runs. On a free-threaded build it
    /// delays every pause of the garbage collector. Joining a thread that needs to attach deadlocks.
    /// Also reported in pyo3#4498, granian#876, mistral.rs#1909.
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyfunction]
    /// fn fetch(receiver: &Receiver) -> Vec<u8> {
    ///     receiver.inner.recv().unwrap()
    /// }
    /// ```
    ///
    /// # Fix
    /// `py.detach(|| receiver.inner.recv())`, with `py: Python<'_>` among the parameters.
    pub(super) static RULE: "blocking-call-while-attached", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.functions() {
        for event in function.events.iter().filter(|event| event.state == State::Attached) {
            let waits = event.does.as_ref().and_then(|does| does.waits.as_ref());
            if let Some(deed) = waits.filter(|deed| deed.what == What::Waits) {
                let message = format!(
                    "{} calls `{}`, which waits in `{}` ({}), while it is attached",
                    function.title(),
                    event.called(),
                    deed.name,
                    deed.place
                );
                found.add(file.finding(Severity::Warning, &event.at, message).fix("put it into py.detach(|| …)"));
            }
            let (severity, doing) = match event.what {
                What::Waits => (Severity::Warning, "blocks"),
                What::Reads => (Severity::Note, "reads or writes files"),
                _ => continue,
            };
            let message = format!("{} {doing} in `{}` while it is attached", function.title(), event.name);
            found.add(file.finding(severity, &event.at, message).fix("move it into py.detach(|| …)"));
        }
    }
}
