//! The rule `exclusive-self-across-detach`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Receiver, Source, What};

rule! {
    /// A method with `&mut self` detaches from the interpreter while it borrows the object exclusively.
    ///
    /// # What it does
    /// Reports `py.detach` in methods of `#[pymethods]` that take `&mut self`, such methods that are `async`
    /// and await something, and `py.detach` in functions that hold a `PyRefMut` which they have not dropped before. `__next__` is a
    /// note: two threads that advance one generator get an error as well.
    ///
    /// # Why it matters
    /// While it is detached, other threads run, and anything they do with the object fails with `RuntimeError: Already
    /// borrowed`: reading an attribute, printing it, `len()`. It looks like an error in the caller and depends on
    /// timing (pyo3#2525).
    ///
    /// # Example
    /// ```rust,ignore
    /// fn compute(&mut self, py: Python<'_>) {
    ///     py.detach(|| self.state.run());
    /// }
    /// ```
    ///
    /// # Fix
    /// `#[pyclass(frozen)]` with a `Mutex` or atomics inside and `&self`; or take the data out of `self`, detach, and
    /// put it back.
    pub(super) static RULE: "exclusive-self-across-detach", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.exported() {
        let awaits = || function.events.iter().any(|event| event.what == What::Awaits);
        if function.is_async && function.receiver == Receiver::Exclusive && awaits() {
            let message = format!(
                "{} holds `&mut self` until it is awaited: other access to the object fails meanwhile",
                function.title()
            );
            found.add(
                file.finding(Severity::Warning, &function.at, message)
                    .fix("take `&self`, and keep what changes in a Mutex or in atomics (`#[pyclass(frozen)]`)"),
            );
            continue;
        }
        let mut events = function.events.iter().enumerate();
        let across = events.find(|(at, event)| event.what == What::Detach && function.is_exclusive_at(*at));
        if let Some((_, event)) = across {
            let how = function.exclusive_param().map_or("`&mut self`", |_| "a PyRefMut");
            let message =
                format!("{} holds {how} while other threads run: their access to the object fails", function.title());
            // Two threads that advance one iterator get an error from a generator too.
            let is_next = matches!(function.name.as_str(), "__next__" | "__anext__");
            let severity = if is_next { Severity::Note } else { Severity::Warning };
            found.add(
                file.finding(severity, &event.at, message)
                    .fix("take `&self` and keep mutable state in a Mutex or in atomics (`#[pyclass(frozen)]`)"),
            );
        }
    }
}
