use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::wasm::modules;

rule! {
    /// A WebAssembly module is compiled for threads, which Pyodide does not have.
    ///
    /// # What it does
    /// Looks for a shared memory, which is an error, and for atomic instructions, which are a warning.
    ///
    /// # Why it matters
    /// Pyodide's memory is not shared. A module that imports a shared one is refused when it is loaded
    /// ("LinkError: mismatch in shared state of memory"). Atomic instructions work on the memory as it is, but
    /// waiting (`memory.atomic.wait32`) ends the program.
    ///
    /// # Example
    /// An extension whose C part was compiled with `-pthread`; a Rust one with `-C target-feature=+atomics`.
    ///
    /// # Fix
    /// Compile without `-pthread` and `+atomics`. Code that starts a thread gets an error there: make it an option.
    pub(super) static RULE: "wasm-threads", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for (binary, slice, wasm) in modules(facts) {
        let (severity, message) = match (wasm.shared_memory, wasm.atomics) {
            (true, _) => (Severity::Error, "imports a memory that threads share, which Pyodide does not have"),
            (false, true) => (Severity::Warning, "has atomic instructions; Pyodide has no threads"),
            (false, false) => continue,
        };
        let fix = "compile it without -pthread (Rust: without the target feature atomics)";
        found.add(Finding::new(severity, binary.place(slice), message).fix(fix));
    }
}
