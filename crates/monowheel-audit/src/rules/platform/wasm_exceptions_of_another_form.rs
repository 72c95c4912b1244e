use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::wasm::modules;

rule! {
    /// A WebAssembly module handles exceptions in a form that Pyodide itself does not use.
    ///
    /// # What it does
    /// Looks for the instructions `try_table` and `throw_ref`. The Pyodides of 2025_0 and 2026_0 are compiled with
    /// the first form (`try`, `catch`). Exceptions by way of JavaScript (`-fexceptions`, functions `invoke_…`) are
    /// found by `wasm-symbol-missing`: no Pyodide has these functions since 2025_0.
    ///
    /// # Why it matters
    /// Pyodide runs where the first form does. Node 20 refuses a module with the second one, and so do browsers of
    /// its age: the import fails there, and works where it was tried.
    ///
    /// # Example
    /// An extension in C++ compiled with `-fwasm-exceptions -sWASM_LEGACY_EXCEPTIONS=0`.
    ///
    /// # Fix
    /// Compile with `-fwasm-exceptions` alone (LLVM: `-wasm-use-legacy-eh`).
    pub(super) static RULE: "wasm-exceptions-of-another-form", Platform, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for (binary, slice, wasm) in modules(facts).filter(|(_, _, wasm)| wasm.standard_exceptions) {
        let also = if wasm.legacy_exceptions { ", beside the first form" } else { "" };
        let message = format!("handles exceptions with try_table, which older engines refuse{also}");
        found.add(
            Finding::new(Severity::Warning, binary.place(slice), message)
                .fix("compile it with the form of exceptions that Pyodide has: -wasm-use-legacy-eh"),
        );
    }
}
