//! The rule `api-above-floor`.

use monowheel_wheel::abi::{PythonVersion, dotted};

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{At, Mention, Named, Source, old_name};

rule! {
    /// The code uses API that was added to the stable ABI after the floor.
    ///
    /// # What it does
    /// Takes the floor from the abi3 feature of PyO3 that the wheel is built with, and looks for buffers (`PyBuffer`,
    /// `__getbuffer__`: 3.11), classes that extend Python's own types (3.12), borrowed strings (`PyString::to_str`,
    /// `extract::<&str>()`: 3.10), and `dict` and `weakref` of `#[pyclass]` (3.9). Code under `#[cfg]` is ignored.
    ///
    /// # Why it matters
    /// PyO3 omits these below that version, so the crate fails to compile with errors that name neither the floor nor
    /// the feature ("cannot find type `PyBuffer`").
    /// Also reported in serde-pyobject#8, pythonize#59.
    ///
    /// # Example
    /// `abi3-py38` and `fn sum(data: PyBuffer<f64>)`.
    ///
    /// # Fix
    /// Raise the floor (`abi3-py311`), put the code under `#[cfg(any(Py_3_11, not(Py_LIMITED_API)))]`, or use an
    /// alternative: `Vec<f64>` copies, `Py<PyDict>` as a field instead of `extends = PyDict`.
    pub(super) static RULE: "api-above-floor", Source, Error, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for file in &source.files {
        let Some(floor) = source.krate(file).and_then(|krate| krate.binding.floor()) else { continue };
        let mut tell = |at: &At, what: &str, needs: PythonVersion| {
            if floor < needs {
                let message =
                    format!("{what} is in the stable ABI since {}, but the floor is {}", dotted(needs), dotted(floor));
                let feature = format!(
                    "raise the floor to abi3-py{}{}, or exclude it from older versions with #[cfg]",
                    needs.0, needs.1
                );
                found.add(file.finding(Severity::Error, at, message).fix(feature));
            }
        };
        let names = file.names.iter().filter(|name| !name.is_conditional);
        let is_buffer = |name: &&Mention| name.what == Named::Path && old_name(&name.text, name.what).is_none();
        if let Some(first) = names.clone().find(is_buffer) {
            tell(&first.at, &format!("`{}`", first.text), (3, 11));
        }
        // Before 0.23 strings of Python could be lent by another way.
        let mut told: Vec<&str> = Vec::new();
        for name in names.filter(|name| name.what == Named::Text && source.has_pyo3(file, (0, 23))) {
            if !told.contains(&name.text.as_str()) {
                told.push(&name.text);
                tell(&name.at, &format!("`{}`", name.text), (3, 10));
            }
        }
        for class in file.classes.iter().filter(|class| !class.is_conditional) {
            for option in ["dict", "weakref"] {
                if class.options.contains(option) {
                    tell(&class.at, &format!("`{option}` of #[pyclass]"), (3, 9));
                }
            }
            let is_own = |name: &str| source.classes().any(|(_, other)| other.name == name);
            if let Some(base) = class.extends.as_deref().map(last_part).filter(|base| is_native(base) && !is_own(base))
            {
                tell(&class.at, &format!("a class that extends {base}"), (3, 12));
            }
        }
        for function in file.functions.iter().filter(|function| function.is_exported() && !function.is_conditional) {
            if function.name == "__getbuffer__" {
                tell(&function.at, "`__getbuffer__`", (3, 11));
            }
        }
    }
}

fn last_part(path: &str) -> &str {
    path.rsplit(':').next().unwrap_or(path)
}

/// Whether a type is one of Python's own that PyO3 lets a class extend (pyo3 0.29, `src/types`); a class of the crate, which a
/// macro may define, can have a name such as `PyGate`.
fn is_native(name: &str) -> bool {
    const TYPES: [&str; 19] = [
        "PyByteArray",
        "PyBytes",
        "PyComplex",
        "PyDate",
        "PyDateTime",
        "PyDelta",
        "PyDict",
        "PyFloat",
        "PyFrozenSet",
        "PyInt",
        "PyList",
        "PyLong",
        "PyMapping",
        "PySet",
        "PyString",
        "PyTime",
        "PyTuple",
        "PyType",
        "PyTzInfo",
    ];
    let is_exception =
        |name: &str| ["Error", "Exception", "Warning", "Interrupt", "Exit"].iter().any(|end| name.ends_with(end));
    TYPES.contains(&name) || name.strip_prefix("Py").is_some_and(is_exception)
}
