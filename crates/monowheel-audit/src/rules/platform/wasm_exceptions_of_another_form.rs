use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::wasm::modules;

rule! {
    /// A WebAssembly module uses a form of exception handling that Pyodide itself does not use.
    ///
    /// # What it does
    /// Looks for the instructions `try_table` and `throw_ref`. Pyodide 2025_0 and 2026_0 are compiled with the legacy
    /// form (`try`, `catch`). Exceptions through JavaScript (`-fexceptions`, functions `invoke_…`) are found by
    /// `wasm-symbol-missing`: Pyodide does not have these functions since 2025_0.
    ///
    /// # Why it matters
    /// Pyodide runs wherever the legacy form is supported. Node 20 and browsers of the same age refuse a module with
    /// the newer form: the import fails there, and works where it was tested.
    ///
    /// # Example
    /// A C++ extension compiled with `-fwasm-exceptions -sWASM_LEGACY_EXCEPTIONS=0`.
    ///
    /// # Fix
    /// Compile with only `-fwasm-exceptions` (LLVM: `-wasm-use-legacy-eh`).
    pub(super) static RULE: "wasm-exceptions-of-another-form", Platform, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for (binary, slice, wasm) in modules(facts).filter(|(_, _, wasm)| wasm.standard_exceptions) {
        let also = if wasm.legacy_exceptions { ", in addition to the legacy form" } else { "" };
        let message = format!("handles exceptions with try_table, which older engines refuse{also}");
        found.add(
            Finding::new(Severity::Warning, binary.place(slice), message)
                .fix("compile it with the form of exceptions that Pyodide uses: -wasm-use-legacy-eh"),
        );
    }
}
