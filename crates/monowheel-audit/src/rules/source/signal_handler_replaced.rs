//! The rule `signal-handler-replaced`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, What};

rule! {
    /// An extension module replaces the handler of Ctrl-C, which is Python's.
    ///
    /// # What it does
    /// Reports `ctrlc::set_handler`, and `signal` and `sigaction` of `libc` and `nix` with `SIGINT`, in a crate that Python
    /// loads. Crates that pass the signal on to the handler before them, such as `signal-hook` and tokio, are ignored.
    ///
    /// # Why it matters
    /// From then on Ctrl-C no longer raises KeyboardInterrupt anywhere in the process: `except KeyboardInterrupt` and
    /// `finally` do not run, and handlers of the program are gone (baml#1238).
    ///
    /// # Example
    /// `ctrlc::set_handler(|| std::process::exit(130))`
    ///
    /// # Fix
    /// Call `py.check_signals()?` every now and then while Rust works, which raises KeyboardInterrupt; or let the Python side
    /// of the package decide about signals.
    pub(super) static RULE: "signal-handler-replaced", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let is_loaded = |file| source.krate(file).is_none_or(|krate| krate.is_cdylib);
    for (file, function) in source.functions().filter(|(file, _)| is_loaded(file)) {
        for event in function.events.iter().filter(|event| event.what == What::TakesInterrupt) {
            let message = format!(
                "{} replaces Python's handler of Ctrl-C with `{}`: KeyboardInterrupt is no longer raised",
                function.title(),
                event.name
            );
            found.add(
                file.finding(Severity::Warning, &event.at, message)
                    .fix("call py.check_signals()? while Rust works, and leave the handler to Python"),
            );
        }
    }
}
