//! The rule `event-loop-elsewhere`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Event, Source, State, What};

rule! {
    /// Code on a thread of Rust needs the event loop of asyncio, which belongs to another thread.
    ///
    /// # What it does
    /// Looks in what is spawned (`std::thread::spawn`, `tokio::spawn`, `spawn_blocking`) for `into_future`, `future_into_py` and
    /// `get_current_locals` of pyo3-async-runtimes, unless inside its `scope`; and there and in `future_into_py` for calls of
    /// `call_soon`, `call_later`, `call_at` and `create_task`.
    ///
    /// # Why it matters
    /// A spawned task does not know the event loop of its caller: `RuntimeError: no running event loop`. The methods of
    /// a loop are not safe for threads: from another thread, a callback runs late, or the loop breaks.
    /// Also reported in pyo3-async-runtimes#29, pyo3-async-runtimes#48, pyo3-asyncio#100, pyo3-asyncio#101.
    ///
    /// # Example
    /// ```rust,ignore
    /// tokio::spawn(async move {
    ///     Python::attach(|py| into_future(coroutine.bind(py).call0()?))?.await
    /// });
    /// ```
    ///
    /// # Fix
    /// Call `get_current_locals(py)` before, and use `into_future_with_locals(&locals, …)` or `scope(locals, …)`. For methods of
    /// a loop: `call_soon_threadsafe`.
    pub(super) static RULE: "event-loop-elsewhere", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.functions() {
        let lost = |event: &&Event| event.what == What::NeedsLoop && event.is_on_thread;
        if let Some(event) = function.events.iter().find(lost) {
            let message = format!(
                "{} looks for an event loop in a spawned task, which has none: `{}`",
                function.title(),
                event.name
            );
            found.add(
                file.finding(Severity::Warning, &event.at, message)
                    .fix("take get_current_locals(py) before the spawn, and use into_future_with_locals or scope"),
            );
        }
        let is_elsewhere = |event: &&Event| {
            event.what == What::OfLoop && event.state == State::Attached && (event.is_on_thread || event.is_in_future)
        };
        for event in function.events.iter().filter(is_elsewhere) {
            let message =
                format!("{} calls `{}` on another thread than that of the event loop", function.title(), event.name);
            found.add(file.finding(Severity::Warning, &event.at, message).fix("use call_soon_threadsafe"));
        }
    }
}
