use crate::facts::{Facts, Role};
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// A module or library contains a copy of Python.
    ///
    /// # What it does
    /// Looks for the functions that start an interpreter (`Py_InitializeEx`, `Py_InitializeFromConfig`) or for its
    /// state (`_PyRuntime`) among the exports of files that Python loads. Programs may contain one, and so may a shared
    /// libpython under its own name, which `links-libpython` covers.
    ///
    /// # Why it matters
    /// The module uses its own Python, which was never initialized, instead of the one that imports it: it crashes, or
    /// its objects are unknown to the other.
    ///
    /// # Example
    /// `-lpython3.12` with only `libpython3.12.a` installed, so that the linker used the static library.
    ///
    /// # Fix
    /// Link without `-lpython3.X` (CMake: `Python::Module` instead of `Python::Python`).
    pub(super) static RULE: "python-linked-statically", Abi, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    const OWN: [&str; 3] = ["Py_InitializeEx", "Py_InitializeFromConfig", "_PyRuntime"];
    for (binary, slice) in facts.slices() {
        let file = binary.path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        let is_python = file.starts_with("libpython") || file.starts_with("python3") || file == "python";
        if binary.role == Role::Program || is_python {
            continue;
        }
        let has = |name: &&str| slice.exports.python.binary_search_by(|known| known.as_str().cmp(name)).is_ok();
        let Some(name) = OWN.iter().find(|name| has(name)) else { continue };
        let severity = if matches!(binary.role, Role::Extension { .. }) { Severity::Error } else { Severity::Warning };
        let message = format!("contains a copy of Python (it exports {name})");
        let fix = "link without libpython; the interpreter provides the symbols";
        found.add(Finding::new(severity, binary.place(slice), message).fix(fix));
    }
}
