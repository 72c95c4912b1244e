//! The rule `traverse-waits`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Event, Source, State, What};

rule! {
    /// `__traverse__` attaches, runs Python code or waits for a lock.
    ///
    /// # What it does
    /// Looks in `__traverse__` for `Python::attach`, for calls into Python, and for `lock()`, `read()` and `write()` of locks;
    /// `try_lock` is right.
    ///
    /// # Why it matters
    /// The garbage collector calls it at any allocation, on any thread. Attaching is forbidden there and panics, which aborts the
    /// process (pyo3#2301, pyo3#3165). A lock may be held by the thread itself, or by one that waits to be attached: a deadlock
    /// (pyo3#6330).
    ///
    /// # Example
    /// ```rust,ignore
    /// fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> { visit.call(&*self.next.lock().unwrap()) }
    /// ```
    ///
    /// # Fix
    /// ```rust,ignore
    /// match self.next.try_lock() { Ok(next) => visit.call(&*next), Err(_) => Ok(()) }
    /// ```
    pub(super) static RULE: "traverse-waits", Source, Error, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.exported().filter(|(_, function)| function.name == "__traverse__") {
        let runs = |event: &&Event| {
            let is_python = event.what == What::Python && event.state == State::Attached;
            event.is_here && (is_python || event.what == What::Attach)
        };
        if let Some(event) = function.events.iter().find(runs) {
            let message = format!(
                "{} runs during garbage collection, where `{}` aborts the process",
                function.title(),
                event.name
            );
            found.add(file.finding(Severity::Error, &event.at, message).fix("only call visit.call(…) there"));
            continue;
        }
        let is_held = |at: usize| {
            let mut held = function.events.iter().flat_map(|event| &event.guards);
            held.any(|held| usize::from(*held) == at)
        };
        let mut guards = function.guards.iter().enumerate();
        let by_guard = guards.find(|(at, guard)| matches!(guard.method.as_str(), "read" | "write") && is_held(*at));
        let by_call = || function.events.iter().find(|event| event.what == What::Locks && event.is_here);
        if let Some(at) = by_guard.map(|(_, guard)| &guard.at).or_else(|| Some(&by_call()?.at)) {
            let message = format!(
                "{} waits for a lock during garbage collection, which its holder may have started",
                function.title()
            );
            found.add(file.finding(Severity::Warning, at, message).fix("use try_lock, and visit nothing if it fails"));
        }
    }
}
