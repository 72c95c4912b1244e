//! The rule `blocking-call-while-attached`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, State, What};

rule! {
    /// A call that waits is made while attached to the interpreter, so every other Python thread waits too.
    ///
    /// # What it does
    /// In functions that Python calls, and in those with a `Python` token or a `Bound`, looks for sleeping, joining threads,
    /// receiving from channels, connecting, reading lines, waiting for a process, dropping a tokio `Runtime` (warnings) and for
    /// whole-file functions of `std::fs` (notes) outside of `py.detach`; and for calls of functions of the crate that do it.
    ///
    /// # Why it matters
    /// Whoever is attached keeps the GIL. A second of waiting is a second in which no other Python thread runs; on a
    /// free-threaded build it holds up every pause of the garbage collector. A thread that is joined and wants to attach
    /// never ends.
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
                What::Waits => (Severity::Warning, "waits"),
                What::Reads => (Severity::Note, "reads or writes files"),
                _ => continue,
            };
            let message = format!("{} {doing} in `{}` while it is attached", function.title(), event.name);
            found.add(file.finding(severity, &event.at, message).fix("put it into py.detach(|| …)"));
        }
    }
}
