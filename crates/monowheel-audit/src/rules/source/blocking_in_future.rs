//! The rule `blocking-in-future`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Event, Source, What};

rule! {
    /// A future that Python awaits blocks a thread of the runtime.
    ///
    /// # What it does
    /// Looks in `future_into_py(py, async { … })` for `block_on`, `std::thread::sleep`, requests of blocking clients, and tokio's
    /// `blocking_lock`, `blocking_read`, `blocking_recv` and similar, outside `spawn_blocking`.
    ///
    /// # Why it matters
    /// A runtime has few threads: those that wait cannot run other tasks, and Python waits for all of them
    /// (pyo3-async-runtimes#19). `block_on` and tokio's own blocking functions panic there: `Cannot block the current thread
    /// from within a runtime` (rerun#10187).
    ///
    /// # Example
    /// ```rust,ignore
    /// future_into_py(py, async move { std::thread::sleep(SECOND); Ok(()) })
    /// ```
    ///
    /// # Fix
    /// Await instead (`tokio::time::sleep(SECOND).await`), or use `tokio::task::spawn_blocking`.
    pub(super) static RULE: "blocking-in-future", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.functions() {
        let blocks = |event: &&Event| {
            let starts = ["std::thread::sleep", "reqwest::blocking", "blocking_"];
            let is_sure = starts.iter().any(|start| event.name.starts_with(start));
            event.is_in_future && (event.what == What::BlocksOn || event.what == What::Waits && is_sure)
        };
        for event in function.events.iter().filter(blocks) {
            let message =
                format!("{} blocks a thread of the runtime with `{}` in a future", function.title(), event.name);
            found.add(
                file.finding(Severity::Warning, &event.at, message)
                    .fix("await it, or move it into tokio::task::spawn_blocking(|| …)"),
            );
        }
    }
}
