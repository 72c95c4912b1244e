use monowheel_wheel::abi::hook::{EXPORT, symbol};
use monowheel_wheel::abi::lookup;

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::abi::claim::claimed;
use crate::rules::abi::hooks::{Hooks, module_name};
use crate::rules::abi::python_imports::python_imports;

rule! {
    /// A module that promises abi3t uses functions that need a static `PyModuleDef`.
    ///
    /// # What it does
    /// Looks in binaries of `abi3t` wheels for `PyModuleDef_Init`, `PyModule_Create2` and `PyModule_FromDefAndSpec2`.
    /// It is an error if the module has no `PyModExport_` hook, so that Python has to use these functions, and a
    /// warning if it has one.
    ///
    /// # Why it matters
    /// `PyModuleDef` begins with a `PyObject`, whose layout abi3t does not define (PEP 803). A free-threaded Python
    /// refuses the module with a `SystemError`.
    ///
    /// # Example
    /// `demo-1.0-cp315-abi3.abi3t-win_amd64.whl` with a module that has only `PyInit_demo`.
    ///
    /// # Fix
    /// Define the module by slots and export `PyModExport_<name>` (PEP 793; PyO3: the feature `abi3t-py315`).
    pub(super) static RULE: "symbol-not-in-abi3t", Abi, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for (binary, slice, claim) in claimed(facts).filter(|(_, _, claim)| claim.abi3t) {
        let unusable: Vec<&str> = python_imports(binary, slice)
            .filter(|import| lookup(&import.name).is_some_and(|symbol| !symbol.in_abi3t))
            .map(|import| import.name.as_str())
            .collect();
        if unusable.is_empty() {
            continue;
        }
        let hook = module_name(binary).filter(|module| !Hooks::of(slice, module).export);
        let (severity, why) = match hook {
            Some(module) => (Severity::Error, format!(", and has no {}", symbol(EXPORT, module))),
            None => (Severity::Warning, String::new()),
        };
        let message =
            format!("promises abi3t but uses functions that need a static PyModuleDef: {}{why}", some_of(&unusable));
        found.add(
            Finding::new(severity.min(claim.worst), binary.place(slice), message)
                .details(unusable)
                .fix("define the module by slots and export PyModExport_ (PEP 793; PyO3: the feature abi3t-py315)"),
        );
    }
}
