//! The rule `long-loop-while-attached`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Receiver, Source, State, What};

rule! {
    /// Nested loops over Rust data run while attached to the interpreter.
    ///
    /// # What it does
    /// Checks functions that Python calls without Python types among their parameters for a loop inside a loop and no
    /// `py.detach` in the function.
    ///
    /// # Why it matters
    /// Such work does not need the interpreter and grows faster than its input, while all other Python threads wait for
    /// it.
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyfunction]
    /// fn distances(points: Vec<(f64, f64)>) -> Vec<f64> {
    ///     let mut all = Vec::new();
    ///     for a in &points {
    ///         for b in &points {
    ///             all.push((a.0 - b.0).hypot(a.1 - b.1));
    ///         }
    ///     }
    ///     all
    /// }
    /// ```
    ///
    /// # Fix
    /// Add `py: Python<'_>` and move the work into `py.detach(|| …)`. Below a few microseconds it is not worth it:
    /// measure.
    pub(super) static RULE: "long-loop-while-attached", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.exported() {
        let touches = function.receiver != Receiver::None
            || function
                .params
                .iter()
                .any(|param| param.ty.is_attached() || param.ty.holds("Py") || param.ty.holds("PyObject"))
            || function.events.iter().any(|event| matches!(event.what, What::Detach | What::Python | What::Attach));
        if touches {
            continue;
        }
        let is_nested = |event: &&crate::source::Event| {
            event.what == What::Loop && event.state == State::Attached && event.loops.len() == 2
        };
        if let Some(event) = function.events.iter().find(is_nested) {
            let message = format!("{} runs nested loops while it is attached", function.title());
            found.add(
                file.finding(Severity::Note, &event.at, message)
                    .fix("take `py: Python<'_>` and move the work into py.detach(|| …), if it takes longer than a few microseconds"),
            );
        }
    }
}
