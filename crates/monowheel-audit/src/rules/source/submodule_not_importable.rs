//! The rule `submodule-not-importable`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, What};

rule! {
    /// A submodule is only an attribute of its parent: `import parent.child` does not find it.
    ///
    /// # What it does
    /// Reports `add_submodule`, and a `#[pymodule]` inside another, in a crate that does not use `sys.modules` anywhere; and
    /// `add_submodule` together with `PyModule::new(py, "parent.child")`, which makes an attribute called `parent.child`.
    ///
    /// # Why it matters
    /// An extension is a file, not a package: Python looks for `parent.child` in `sys.modules`, then for a file, and raises
    /// ModuleNotFoundError. Classes of the submodule cannot be pickled either (pyo3#759).
    /// Also reported in rigetti-pyo3#23, pyo3#6361.
    ///
    /// # Example
    /// `m.add_submodule(&child)?;` alone
    ///
    /// # Fix
    /// `py.import("sys")?.getattr("modules")?.set_item("parent.child", &child)?;`
    pub(super) static RULE: "submodule-not-importable", Source, Note, Source(check);
}

const FIX: &str = "add it to sys.modules as well, under its full name";

fn check(source: &Source, found: &mut Found<'_>) {
    dotted(source, found);
    if source.files.iter().any(|file| file.names_sys_modules) {
        return;
    }
    let inner = source.files.iter().find_map(|file| Some((file, file.modules.iter().find(|module| module.is_inner)?)));
    if let Some((file, module)) = inner {
        let message = format!("the submodule `{}` is only an attribute: `import` does not find it", module.name);
        found.add(file.finding(Severity::Note, &module.at, message).fix(FIX));
        return;
    }
    let first = source
        .functions()
        .find_map(|(file, function)| Some((file, function.events.iter().find(|event| event.what == What::Submodule)?)));
    if let Some((file, event)) = first {
        let message = "the submodule is only an attribute: `import` does not find it";
        found.add(file.finding(Severity::Note, &event.at, message).fix(FIX));
    }
}

/// `PyModule::new(py, "parent.child")`, which `add_submodule` adds under that name.
fn dotted(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.functions() {
        let adds = function.events.iter().any(|event| event.what == What::Submodule);
        for event in function.events.iter().filter(|event| adds && event.what == What::DottedModule) {
            let last = event.name.rsplit('.').next().unwrap_or_default();
            let message = format!("the attribute of the parent is called `{}`, dots included", event.name);
            found.add(
                file.finding(Severity::Note, &event.at, message)
                    .fix(format!("name it `{last}`, and set its `__name__` and sys.modules to the full name")),
            );
        }
    }
}
