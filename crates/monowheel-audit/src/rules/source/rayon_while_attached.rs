//! The rule `rayon-while-attached`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, State, What};

rule! {
    /// A thread that is attached to the interpreter distributes work to rayon's threads.
    ///
    /// # What it does
    /// Reports rayon's iterators, `join` and `scope` outside `py.detach` in functions that are attached: an error if
    /// the work attaches itself (`Python::attach`, a function of the crate that attaches, or a log macro if the crate
    /// depends on pyo3-log), otherwise a warning; sorting (`par_sort`) is a note, because it ends soon.
    ///
    /// # Why it matters
    /// The caller waits for rayon's threads and holds the GIL. If one of them needs to attach, it waits for the caller,
    /// which waits for it (polars#24448). Otherwise all Python threads are still blocked, and rayon's work stealing may
    /// run another task that attaches on this very thread.
    /// Also reported in anise#457, pyo3-log#65.
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyfunction]
    /// fn total(rows: Vec<Vec<f64>>) -> f64 {
    ///     rows.par_iter().map(|row| row.iter().sum::<f64>()).sum()
    /// }
    /// ```
    ///
    /// # Fix
    /// `py.detach(|| rows.par_iter()…)`. Do the work that needs Python before or after, or in `Python::attach` inside.
    pub(super) static RULE: "rayon-while-attached", Source, Error, Source(check);
}

const SLOWS: &str = "and blocks all other Python threads until the work is done";

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.functions() {
        // What is logged attaches as well, where pyo3-log takes it to Python.
        let logs = source.krate(file).is_some_and(|krate| krate.logs_to_python);
        let does_attach = |event: &crate::source::Event| {
            let does = event.does.as_ref();
            event.what == What::Attach
                || (logs && event.what == What::Logs)
                || does.is_some_and(|does| does.attaches.is_some() || logs && does.logs.is_some())
        };
        let attaches = function.events.iter().any(|event| event.is_rayon && does_attach(event));
        let is_used = |event: &&crate::source::Event| event.what == What::Rayon && event.state == State::Attached;
        let is_sort = |event: &&crate::source::Event| event.name.starts_with("par_sort");
        let mut used = function.events.iter().filter(is_used);
        let Some(event) = used.clone().find(|event| !is_sort(event)).or_else(|| used.next()) else { continue };
        let (severity, then) = match attaches {
            true => (Severity::Error, "and its work attaches: each waits for the other"),
            false if is_sort(&event) => (Severity::Note, SLOWS),
            false => (Severity::Warning, SLOWS),
        };
        let message = format!("{} calls rayon's `{}` while it is attached, {then}", function.title(), event.name);
        found.add(file.finding(severity, &event.at, message).fix("move it into py.detach(|| …)"));
    }
}
