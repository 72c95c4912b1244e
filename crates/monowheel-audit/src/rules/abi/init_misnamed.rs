use monowheel_wheel::abi::hook::{INIT, symbol};

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::abi::hooks::{Hooks, has_own_loader, is_marked, module_name};

rule! {
    /// An extension exports the init function of a different module than its file name says.
    ///
    /// # What it does
    /// Compares `PyInit_…` and `PyModExport_…` with the file's name up to the first dot (for `__init__`, with its
    /// directory's name). Names that are not ASCII are encoded in Punycode: `PyInitU_zck5b2b` for `スパム` (PEP 489). It
    /// is an error if the suffix shows that Python imports the file. It is a warning for a plain `.so`, which may be
    /// loaded under another name, and if several files of the wheel contain the same module and its code selects one
    /// (`_demo_avx2.abi3.so` and `_demo_sse.abi3.so`, or `_demo.abi3.so`).
    ///
    /// # Why it matters
    /// `ImportError: dynamic module does not define module export function (PyInit__demo)`.
    ///
    /// # Example
    /// `demo/_demo.abi3.so` that exports `PyInit_demo`: the `#[pymodule]` function is called `demo`, maturin's
    /// `module-name` is `demo._demo`.
    ///
    /// # Fix
    /// Give the module function and the file the same name.
    pub(super) static RULE: "init-misnamed", Abi, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for (binary, slice) in facts.slices() {
        let Some(module) = module_name(binary) else { continue };
        let hooks = Hooks::of(slice, module);
        if hooks.init || hooks.export || hooks.others.is_empty() {
            continue;
        }
        let is_sought = is_marked(binary) && !has_own_loader(facts, binary);
        let severity = if is_sought { Severity::Error } else { Severity::Warning };
        let missing = symbol(INIT, module);
        let message = format!("exports {}, but Python looks for {missing}", some_of(&hooks.others));
        found.add(
            Finding::new(severity, binary.place(slice), message)
                .details(hooks.others)
                .fix(format!("export {missing}, or name the file after the module that it defines")),
        );
    }
}
