//! The rule `once-cell-attaches`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, What};

rule! {
    /// The initializer of a `OnceLock` or a `LazyLock` attaches to the interpreter, detaches or runs Python code.
    ///
    /// # What it does
    /// Looks into the closures of `LazyLock::new`, `Lazy::new`, `get_or_init` and `call_once`, and into `lazy_static!`,
    /// for `Python::attach`, `py.detach` and calls into Python. `PyOnceLock` (`GILOnceCell` before 0.26), whose
    /// `get_or_init` takes `py`, is made for this.
    ///
    /// # Why it matters
    /// One thread runs the initializer and waits for the interpreter; another holds the interpreter and waits for the
    /// cell: a deadlock that occurs only if two threads use the cell first at the same time (pyo3#975).
    ///
    /// # Example
    /// ```rust,ignore
    /// static JSON: LazyLock<Py<PyModule>> =
    ///     LazyLock::new(|| Python::attach(|py| py.import("json").unwrap().unbind()));
    /// ```
    ///
    /// # Fix
    /// `static JSON: PyOnceLock<Py<PyModule>>` with `JSON.get_or_init(py, || …)`, or `pyo3::sync::OnceLockExt`.
    pub(super) static RULE: "once-cell-attaches", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for file in &source.files {
        let events = file.statics.iter().chain(file.functions.iter().flat_map(|function| &function.events));
        let concerned =
            events.filter(|event| event.is_once && matches!(event.what, What::Attach | What::Detach | What::Python));
        let mut last_line = 0;
        for event in concerned {
            // `attach(|py| py.import(…))` counts once.
            if last_line > 0 && event.at.line.abs_diff(last_line) <= 3 {
                last_line = event.at.line;
                continue;
            }
            last_line = event.at.line;
            let message = format!("`{}` runs while other threads wait for the cell that it initializes", event.name);
            found.add(
                file.finding(Severity::Warning, &event.at, message)
                    .fix("use pyo3::sync::PyOnceLock, whose get_or_init takes `py`"),
            );
        }
    }
}
