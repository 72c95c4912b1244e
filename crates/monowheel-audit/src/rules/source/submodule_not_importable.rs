//! The rule `submodule-not-importable`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, What};

rule! {
    /// A submodule is only an attribute of its parent: `import parent.child` does not find it.
    ///
    /// # What it does
    /// Reports `add_submodule` in a crate that does not use `sys.modules` anywhere.
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

fn check(source: &Source, found: &mut Found<'_>) {
    if source.files.iter().any(|file| file.names_sys_modules) {
        return;
    }
    let first = source
        .functions()
        .find_map(|(file, function)| Some((file, function.events.iter().find(|event| event.what == What::Submodule)?)));
    if let Some((file, event)) = first {
        let message = "the submodule is only an attribute: `import` does not find it";
        found.add(
            file.finding(Severity::Note, &event.at, message).fix("add it to sys.modules as well, under its full name"),
        );
    }
}
