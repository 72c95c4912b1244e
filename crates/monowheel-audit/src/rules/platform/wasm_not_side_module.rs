use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::wasm::modules;

rule! {
    /// A WebAssembly module is not a library for the dynamic linker.
    ///
    /// # What it does
    /// Looks for the section `dylink.0` at the start of each module in a wheel for Pyodide.
    ///
    /// # Why it matters
    /// Emscripten's dynamic linker, which loads an extension, reads from it how much memory the module needs: "need
    /// dylink section". The import fails.
    ///
    /// # Example
    /// `demo/_demo.abi3.so` built by `wasm-pack`, or linked without `-sSIDE_MODULE=2`.
    ///
    /// # Fix
    /// Build it for `wasm32-unknown-emscripten` and link it with `-sSIDE_MODULE=2`; `monowheel build --target
    /// pyemscripten_2026_0_wasm32` does.
    pub(super) static RULE: "wasm-not-side-module", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for (binary, slice, wasm) in modules(facts) {
        if !wasm.side_module {
            let message = "has no dylink.0 section, with which every Emscripten library begins";
            found.add(
                Finding::new(Severity::Error, binary.place(slice), message)
                    .fix("link it with -sSIDE_MODULE=2, for wasm32-unknown-emscripten"),
            );
        }
    }
}
