use monowheel_wheel::abi::{Build, dotted};
use monowheel_wheel::binary::Slice;

use crate::facts::{Facts, Role};
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::abi::hooks::is_module;
use crate::rules::abi::promise::Promise;

rule! {
    /// A module for free-threaded Python was compiled for the build with the GIL.
    ///
    /// # What it does
    /// Looks in wheels for free-threaded builds (`cp314-cp314t`) for modules that call `_Py_Dealloc`, as `Py_DECREF` of
    /// the build with the GIL does, and none of the functions that `Py_DECREF` of the free-threaded build calls
    /// (`_Py_DecRefShared`, `_Py_MergeZeroLocalRefcount`). The reverse case is found by `symbol-not-in-tagged-python`.
    ///
    /// # Why it matters
    /// The two builds lay out objects differently. The module imports, writes into the wrong fields and crashes.
    ///
    /// # Example
    /// `demo/_demo.so`, compiled with the headers of 3.14, in a wheel tagged `cp314-cp314t`.
    ///
    /// # Fix
    /// Build it with the interpreter `python3.14t`, or define `Py_GIL_DISABLED` (required on Windows, where nothing
    /// else defines it).
    pub(super) static RULE: "module-of-other-build", Abi, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    if !facts.tags().iter().any(|tag| tag.abi.ends_with('t')) {
        return;
    }
    for (binary, slice) in facts.slices() {
        if !matches!(binary.role, Role::Extension { .. }) || !is_module(binary) || !is_for_the_gil(slice) {
            continue;
        }
        let Some(promise) = Promise::of(facts, binary.binary.format).filter(|promise| !promise.stable) else {
            continue;
        };
        let builds: Vec<Build> = promise.seekers(binary);
        let Some(build) = builds.first().filter(|_| builds.iter().all(|build| build.free_threaded)) else { continue };
        let message = format!(
            "is built for Python with the GIL (it calls _Py_Dealloc) but tagged for free-threaded {}",
            dotted(build.version)
        );
        let fix = "build it with the free-threaded interpreter; on Windows define Py_GIL_DISABLED=1";
        found.add(Finding::new(Severity::Error, binary.place(slice), message).fix(fix));
    }
}

fn is_for_the_gil(slice: &Slice) -> bool {
    const FREE: [&str; 3] = ["_Py_DecRefShared", "_Py_DecRefSharedDebug", "_Py_MergeZeroLocalRefcount"];
    let imports = |name: &str| slice.imports.iter().any(|import| import.name == name);
    imports("_Py_Dealloc") && !FREE.iter().any(|name| imports(name))
}
