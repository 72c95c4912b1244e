use monowheel_wheel::abi::PythonVersion;

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::abi::promise::Promise;

/// The first CPython that is built with frame pointers (PEP 831).
const FIRST: PythonVersion = (3, 15);
/// Fewer functions say nothing.
const ENOUGH: usize = 20;

rule! {
    /// A module for CPython 3.15 or later does not keep frame pointers.
    ///
    /// # What it does
    /// Counts, in modules for x86-64 Linux whose tags are only for CPython 3.15 or later, the functions that keep a
    /// frame pointer, by their unwind information. There is a note if less than 9 in 10 of the functions with a frame do:
    /// compilers that omit frame pointers still produce some (hello_world has 0.64 without the option, because Rust's
    /// standard library keeps them, and 0.98 with it). For aarch64, compilers keep them by default.
    ///
    /// # Why it matters
    /// CPython 3.15 and what it compiles itself keep frame pointers (PEP 831), so that profilers (`perf`, eBPF) can read
    /// stacks at low cost. A function without one ends the stack: its callers, Python's among them, are missing.
    ///
    /// # Example
    /// A `cp315-abi3.abi3t` wheel that maturin builds without `-Cforce-frame-pointers=yes`.
    ///
    /// # Fix
    /// `monowheel build --frame-pointers` (or `frame-pointers = true`) compiles Rust and C with them. Measure the cost for
    /// your project; PEP 831 measured less than 2% for CPython.
    pub(super) static RULE: "frame-pointers-missing", Abi, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for binary in facts.extensions() {
        let is_new = |promise: Promise| !promise.builds.is_empty() && promise.builds[0].version >= FIRST;
        if !Promise::of(facts, binary.binary.format).is_some_and(is_new) {
            continue;
        }
        for slice in &binary.binary.slices {
            let Some(pointers) = slice.frame_pointers.filter(|pointers| pointers.functions >= ENOUGH) else { continue };
            if pointers.kept * 10 >= pointers.functions * 9 {
                continue;
            }
            let (kept, functions) = (pointers.kept, pointers.functions);
            found.add(
                Finding::new(
                    Severity::Note,
                    binary.place(slice),
                    format!("keeps frame pointers in {kept} of {functions} functions, so profilers lose stacks here"),
                )
                .fix("build it with frame pointers: monowheel build --frame-pointers, or -Cforce-frame-pointers=yes"),
            );
        }
    }
}
