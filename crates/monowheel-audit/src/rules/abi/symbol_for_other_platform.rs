use monowheel_wheel::abi::{Guard, lookup};
use monowheel_wheel::binary::{Arch, Format, Slice};

use crate::facts::{BinaryFacts, Facts};
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::abi::claim::claimed;
use crate::rules::abi::python_imports::python_imports;

rule! {
    /// A symbol is imported that the stable ABI has only on other platforms or in debug builds.
    ///
    /// # What it does
    /// Compares each imported symbol's guard in CPython's `Misc/stable_abi.toml` with the platform of the
    /// binary: `MS_WINDOWS`, `HAVE_FORK` (not on Windows), `USE_STACKCHECK` (32-bit Windows),
    /// `Py_REF_DEBUG` (debug builds).
    ///
    /// # Why it matters
    /// No CPython release for this platform exports it, so the import fails.
    ///
    /// # Example
    /// `PyErr_SetFromWindowsErr` in a wheel for Linux; `_Py_RefTotal`, because the module was compiled
    /// against a debug build.
    ///
    /// # Fix
    /// Guard the call by platform, or compile against a release build.
    pub(super) static RULE: "symbol-for-other-platform", Abi, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for (binary, slice, claim) in claimed(facts) {
        let foreign: Vec<String> = python_imports(binary, slice)
            .filter(|import| !import.weak)
            .filter_map(|import| Some((import, absent(lookup(&import.name)?.guard?, binary, slice)?)))
            .map(|(import, only)| format!("{} ({only})", import.name))
            .collect();
        if !foreign.is_empty() {
            let message = format!("imports symbols that CPython does not have on this platform: {}", some_of(&foreign));
            found.add(
                Finding::new(Severity::Error.min(claim.worst), binary.place(slice), message)
                    .details(foreign)
                    .fix("remove the call on this platform, and compile against a release build of Python"),
            );
        }
    }
}

/// Where the symbol exists, if it does not exist here.
fn absent(guard: Guard, binary: &BinaryFacts, slice: &Slice) -> Option<&'static str> {
    let windows = binary.binary.format == Format::Pe;
    match guard {
        Guard::Windows if !windows => Some("on Windows only"),
        Guard::Fork if windows => Some("not on Windows"),
        Guard::Debug => Some("in debug builds only"),
        Guard::StackCheck if !(windows && slice.arch == Arch::I686) => Some("on 32-bit Windows only"),
        Guard::Windows | Guard::Fork | Guard::StackCheck | Guard::ThreadNativeId => None,
    }
}
