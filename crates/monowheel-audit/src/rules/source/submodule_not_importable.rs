//! The rule `submodule-not-importable`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, What};

rule! {
    /// A submodule is an attribute of its parent, and `import parent.child` does not find it.
    ///
    /// # What it does
    /// Reports `add_submodule` in a crate that nowhere names `sys.modules`.
    ///
    /// # Why it matters
    /// An extension is one file, not a package: Python looks for `parent.child` in `sys.modules`, then for a file, and raises
    /// ModuleNotFoundError. Classes of the submodule do not pickle either (pyo3#759).
    ///
    /// # Example
    /// `m.add_submodule(&child)?;` and no more.
    ///
    /// # Fix
    /// `py.import("sys")?.getattr("modules")?.set_item("parent.child", &child)?;`
    pub(super) static RULE: "submodule-not-importable", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    if source.files.iter().any(|file| file.names_sys_modules) {
        return;
    }
    let first = source.functions().find_map(|(file, function)| {
        Some((file, function.events.iter().find(|event| event.what == What::Submodule)?))
    });
    if let Some((file, event)) = first {
        let message = "the submodule is an attribute, and `import` does not find it";
        found.add(
            file.finding(Severity::Note, &event.at, message)
                .fix("put it into sys.modules as well, under its whole name"),
        );
    }
}
