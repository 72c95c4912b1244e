//! The rule `loop-without-signals`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Event, File, Function, Source, State, What};

rule! {
    /// A blocking loop never lets Python check for signals, so Ctrl-C has no effect.
    ///
    /// # What it does
    /// In functions that Python calls, looks for `loop` and `while` that contain a blocking call (sleep, receive,
    /// accept, …), no `check_signals`, no call of Python code, which checks for signals too, and no check of the clock. Loops in `py.detach` that do not iterate over a
    /// container are a note: code that detaches is expected to take long (Daft#755).
    ///
    /// # Why it matters
    /// Python records the signal and raises KeyboardInterrupt when its own code runs next: after the call, which may be
    /// never (pyo3#1301). The user has to kill the process.
    ///
    /// # Example
    /// ```rust,ignore
    /// loop {
    ///     if let Some(event) = self.poll() { return Ok(event); }
    ///     std::thread::sleep(PAUSE);
    /// }
    /// ```
    ///
    /// # Fix
    /// Call `py.check_signals()?` once per iteration, after `py.detach(|| …)` around the blocking call.
    pub(super) static RULE: "loop-without-signals", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.exported() {
        computing(file, function, found);
        let is_open = |event: &Event| event.what == What::Loop && !event.name.starts_with("for");
        let loops = function.events.iter().filter(|event| is_open(event));
        for event in loops.filter(|event| event.state != State::Unknown) {
            let Some(this) = event.loops.last() else { continue };
            let within = |what: What| {
                function
                    .events
                    .iter()
                    .any(|other| other.what == what && other.state != State::Unknown && other.loops.contains(this))
            };
            // In nested loops the one that blocks is reported.
            let is_innermost = !function
                .events
                .iter()
                .any(|other| is_open(other) && other.loops.contains(this) && other.loops.last() != Some(this));
            // A loop that checks the clock ends by itself; the Python code that a loop calls checks for signals.
            let calls_python = function.events.iter().any(|other| {
                other.what == What::Python && other.state == State::Attached && other.loops.contains(this)
            });
            let ends = within(What::Signals) || within(What::Clock) || calls_python;
            if within(What::Waits) && !ends && is_innermost {
                let message = format!("{} blocks in a loop that Ctrl-C does not interrupt", function.title());
                found.add(
                    file.finding(Severity::Warning, &event.at, message)
                        .fix("call py.check_signals()? once per iteration"),
                );
            }
        }
    }
}

/// Loops without blocking calls that may take long: those in `py.detach`, and those that run until a condition holds.
fn computing(file: &File, function: &Function, found: &mut Found<'_>) {
    let is_looked_at = |event: &Event| {
        event.what == What::Signals
            || event.what == What::Clock
            || event.what == What::Waits
            || event.what == What::Attach
    };
    if function.events.iter().any(is_looked_at) {
        return;
    }
    let may_be_long = |event: &&Event| match (event.state, event.name.as_str()) {
        (State::Detached, "loop" | "while" | "while-not" | "for-range") => true,
        (State::Attached, "while-not") => event.is_here,
        // A special method, such as `__next__`, rarely computes.
        (State::Attached, "loop") => event.is_here && !function.name.starts_with("__"),
        _ => false,
    };
    let mut loops = function.events.iter().filter(|event| event.what == What::Loop && event.loops.len() == 1);
    if let Some(event) = loops.find(may_be_long) {
        let message = format!("{} computes in a loop that Ctrl-C does not stop", function.title());
        found.add(
            file.finding(Severity::Note, &event.at, message)
                .fix("if it can take long, call py.check_signals()? every few thousand iterations"),
        );
    }
}
