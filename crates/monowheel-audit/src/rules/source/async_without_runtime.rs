//! The rule `async-without-runtime`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, What, needs_runtime};

rule! {
    /// An `async fn` that Python awaits needs a tokio runtime, or blocks the event loop.
    ///
    /// # What it does
    /// Looks in `async` functions and methods that Python calls for functions of `tokio::time`, `tokio::net`, `tokio::fs`
    /// and `tokio::process`, for `tokio::spawn`, and for `std::thread::sleep`; also in `async` functions of the crate that they
    /// call.
    ///
    /// # Why it matters
    /// Python's own event loop polls such a function, so tokio panics: `there is no reactor running, must be called from
    /// the context of a Tokio 1.x runtime`. A blocking call stops every other task of the loop.
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyfunction]
    /// async fn pause() { tokio::time::sleep(SECOND).await; }
    /// ```
    ///
    /// # Fix
    /// Use `pyo3_async_runtimes::tokio::future_into_py(py, async { … })` in a function that is not `async`, or
    /// `RUNTIME.spawn(…).await`.
    pub(super) static RULE: "async-without-runtime", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.exported().filter(|(_, function)| function.is_async) {
        let mut told = false;
        for event in function.events.iter().filter(|event| event.is_here) {
            let through = event.does.as_ref().and_then(|does| does.runtime.as_ref());
            let called =
                if needs_runtime(event) { Some(event.called()) } else { through.map(|deed| deed.name.as_str()) };
            if let Some(called) = called.filter(|_| !told) {
                told = true;
                let by = through.map_or_else(String::new, |deed| format!(" by `{}` ({})", event.called(), deed.place));
                let message = format!(
                    "{} calls `{called}`{by}, but the event loop of Python that polls it has no tokio runtime",
                    function.title(),
                );
                found
                    .add(file.finding(Severity::Warning, &event.at, message).fix(
                        "pass the future to pyo3_async_runtimes::tokio::future_into_py, or spawn it on a runtime",
                    ));
            }
            if event.what == What::Waits && event.name == "std::thread::sleep" {
                let message = format!("{} blocks the event loop in `{}`", function.title(), event.name);
                found.add(file.finding(Severity::Warning, &event.at, message).fix("await a timer instead"));
            }
        }
    }
}
