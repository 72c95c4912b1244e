//! The rule `loop-without-signals`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, State, What};

rule! {
    /// A blocking loop never lets Python check for signals, so Ctrl-C has no effect.
    ///
    /// # What it does
    /// In functions that Python calls, looks for `loop` and `while` that contain a blocking call (sleep, receive,
    /// accept, …), no `check_signals`, and no check of the clock.
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
        let loops = function.events.iter().filter(|event| event.what == What::Loop && event.name != "for");
        for event in loops.filter(|event| event.state != State::Unknown) {
            let Some(this) = event.loops.last() else { continue };
            let within = |what: What| {
                function
                    .events
                    .iter()
                    .any(|other| other.what == what && other.state != State::Unknown && other.loops.contains(this))
            };
            // In nested loops the one that blocks is reported.
            let is_innermost = !function.events.iter().any(|other| {
                other.what == What::Loop
                    && other.name != "for"
                    && other.loops.contains(this)
                    && other.loops.last() != Some(this)
            });
            // A loop that checks the clock ends by itself.
            let ends = within(What::Signals) || within(What::Clock);
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
