//! The rule `rayon-while-attached`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{File, Function, Source, State, What};

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
        let Some(event) = used.clone().find(|event| !is_sort(event)).or_else(|| used.next()) else {
            through_helper(file, function, found);
            continue;
        };
        let (severity, then) = match attaches {
            true => (Severity::Error, "and its work attaches: each waits for the other"),
            false if is_sort(&event) => (Severity::Note, SLOWS),
            false => (Severity::Warning, SLOWS),
        };
        let message = format!("{} calls rayon's `{}` while it is attached, {then}", function.title(), event.name);
        found.add(file.finding(severity, &event.at, message).fix("move it into py.detach(|| …)"));
    }
}

/// A function of the crate that uses rayon, and is called while attached.
fn through_helper(file: &File, function: &Function, found: &mut Found<'_>) {
    let called = function.events.iter().filter(|event| event.state == State::Attached);
    let mut helpers =
        called.filter_map(|event| Some((event, event.does.as_deref().filter(|does| does.rayon.is_some())?)));
    let attaching = helpers.clone().find(|(_, does)| does.rayon_attaches);
    let Some((event, does)) = attaching.or_else(|| helpers.next()) else { return };
    let (severity, then) = match does.rayon_attaches {
        true => (Severity::Error, "whose work attaches: each waits for the other"),
        false => (Severity::Note, "which blocks all other Python threads until the work is done"),
    };
    let place = does.rayon.as_ref().map(|deed| format!("`{}` ({})", deed.name, deed.place)).unwrap_or_default();
    let message = format!(
        "{} calls `{}`, which uses rayon's {place}, while it is attached, {then}",
        function.title(),
        event.called()
    );
    found.add(file.finding(severity, &event.at, message).fix("put it into py.detach(|| …)"));
}
