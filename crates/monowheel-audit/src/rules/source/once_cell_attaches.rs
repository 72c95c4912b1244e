//! The rule `once-cell-attaches`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Event, Source, What};

rule! {
    /// The initializer of a `OnceLock` or a `LazyLock` attaches to the interpreter, detaches or runs Python code.
    ///
    /// # What it does
    /// Looks into the closures of `LazyLock::new`, `Lazy::new`, `get_or_init` and `call_once`, and into `lazy_static!`,
    /// for `Python::attach`, `py.detach`, calls into Python, and functions of the crate that do any of it. `PyOnceLock` (`GILOnceCell` before 0.26), whose
    /// `get_or_init` takes `py`, is made for this.
    ///
    /// # Why it matters
    /// One thread runs the initializer and waits for the interpreter; another holds the interpreter and waits for the
    /// cell: a deadlock that occurs only if two threads use the cell first at the same time (pyo3#975).
    /// Also reported in oxapy#85.
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
        let bodies = file.functions.iter().map(|function| &function.events);
        for events in std::iter::once(&file.statics).chain(bodies) {
            let is_it = |event: &&Event| {
                let through = event.does.as_ref().is_some_and(|does| does.attaches.is_some() || does.python.is_some());
                event.is_once && (through || matches!(event.what, What::Attach | What::Detach | What::Python))
            };
            let mut last_line = None;
            for event in events.iter().filter(is_it) {
                // `attach(|py| py.import(…))` counts once, and so does the next line of it.
                let is_near = last_line.replace(event.at.line).is_some_and(|last| event.at.line.abs_diff(last) <= 3);
                let is_static = std::ptr::eq(events, &file.statics);
                if is_near && !(is_static && event.what == What::Calls) {
                    continue;
                }
                let message =
                    format!("`{}` runs while other threads wait for the cell that it initializes", event.called());
                found.add(
                    file.finding(Severity::Warning, &event.at, message)
                        .fix("use pyo3::sync::PyOnceLock, whose get_or_init takes `py`"),
                );
            }
        }
    }
}
