use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::wasm::modules;

rule! {
    /// A WebAssembly module is compiled for threads, which Pyodide does not support.
    ///
    /// # What it does
    /// Looks for shared memory, which is an error, and for atomic instructions, which are a warning.
    ///
    /// # Why it matters
    /// Pyodide's memory is not shared. A module that imports shared memory is refused when it is loaded ("LinkError:
    /// mismatch in shared state of memory"). Atomic instructions work on unshared memory, but waiting
    /// (`memory.atomic.wait32`) terminates the program.
    ///
    /// # Example
    /// An extension whose C part was compiled with `-pthread`; a Rust one with `-C target-feature=+atomics`.
    ///
    /// # Fix
    /// Compile without `-pthread` and `+atomics`. Starting a thread fails in Pyodide, so make threads optional.
    pub(super) static RULE: "wasm-threads", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for (binary, slice, wasm) in modules(facts) {
        let (severity, message) = match (wasm.shared_memory, wasm.atomics) {
            (true, _) => (Severity::Error, "imports shared memory, which Pyodide does not have"),
            (false, true) => (Severity::Warning, "contains atomic instructions, but Pyodide has no threads"),
            (false, false) => continue,
        };
        let fix = "compile it without -pthread (Rust: without the target feature atomics)";
        found.add(Finding::new(severity, binary.place(slice), message).fix(fix));
    }
}
