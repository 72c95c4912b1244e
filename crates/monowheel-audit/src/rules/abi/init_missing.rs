use monowheel_wheel::abi::hook::{EXPORT, INIT, symbol};
use monowheel_wheel::abi::{Build, PythonVersion};
use monowheel_wheel::binary::Slice;

use crate::facts::{BinaryFacts, Facts};
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::abi::hooks::{Hooks, calls_python, creates_module, is_marked, module_name};
use crate::rules::abi::promise::Promise;

rule! {
    /// An extension does not export the function by which Python initializes it.
    ///
    /// # What it does
    /// Looks for `PyInit_<module>` (PEP 489), or `PyModExport_<module>`, which 3.15 and later try first (PEP 793) and
    /// older versions do not know.
    ///
    /// A file that does not call Python is ignored: it is a library with an extension's name, as `ctypes`, cffi and
    /// `torch.ops.load_library` load them. For a plain `.so` that calls Python, and for a file that creates no module (it
    /// calls neither `PyModuleDef_Init` nor `PyModule_Create2`), it is a warning: a debugger or another module may load it.
    ///
    /// # Why it matters
    /// `ImportError: dynamic module does not define module export function`.
    ///
    /// # Example
    /// A linker's version script or `strip` that hid `PyInit__demo`; a module with only `PyModExport__demo` in a wheel
    /// for 3.8.
    ///
    /// # Fix
    /// Export `PyInit_<module>`, and optionally `PyModExport_<module>` as well. PyO3: the `#[pymodule]` and maturin's
    /// `module-name` have to agree.
    pub(super) static RULE: "init-missing", Abi, Error, One(check);
}

/// The first version that looks for `PyModExport`.
const EXPORT_SINCE: PythonVersion = (3, 15);

fn check(facts: &Facts, found: &mut Found<'_>) {
    for (binary, slice) in facts.slices() {
        let Some(module) = module_name(binary) else { continue };
        let hooks = Hooks::of(slice, module);
        if hooks.init || !hooks.others.is_empty() {
            continue;
        }
        let missing = symbol(INIT, module);
        if hooks.export {
            let old = without_export(facts, binary);
            if !old.is_empty() {
                let versions = monowheel_wheel::abi::ranges(&old);
                let message =
                    format!("exports only {}, which CPython {versions} does not know", symbol(EXPORT, module));
                let fix = format!("export {missing} as well, or raise the floor to 3.15");
                found.add(Finding::new(Severity::Error, binary.place(slice), message).fix(fix));
            }
            continue;
        }
        if let Some(severity) = weigh(binary, slice) {
            let message = format!("does not export {missing}");
            let fix = format!("export {missing} (or {} from 3.15 on)", symbol(EXPORT, module));
            found.add(Finding::new(severity, binary.place(slice), message).fix(fix));
        }
    }
}

/// The promised versions that do not look for `PyModExport`.
fn without_export(facts: &Facts, binary: &BinaryFacts) -> Vec<PythonVersion> {
    let promise = Promise::of(facts, binary.binary.format).filter(|promise| promise.every);
    let builds: Vec<Build> = promise.map(|promise| promise.builds).unwrap_or_default();
    let mut old: Vec<PythonVersion> =
        builds.iter().map(|build| build.version).filter(|version| *version < EXPORT_SINCE).collect();
    old.dedup();
    old
}

/// The severity if there is no hook at all.
fn weigh(binary: &BinaryFacts, slice: &Slice) -> Option<Severity> {
    // Loaded by path, as a library: `torch.ops.load_library`, cffi, ctypes.
    if !calls_python(binary, slice) {
        return None;
    }
    // A library that other modules use, or that is loaded into a process (memray), calls Python too.
    Some(if is_marked(binary) && creates_module(slice) { Severity::Error } else { Severity::Warning })
}
