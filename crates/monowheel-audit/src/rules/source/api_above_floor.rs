//! The rule `api-above-floor`.

use monowheel_wheel::abi::{PythonVersion, dotted};

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{At, Mention, Named, Source, old_name};

rule! {
    /// The code uses what the stable ABI has only from a later Python on.
    ///
    /// # What it does
    /// Takes the floor from the abi3 feature of PyO3 that the wheel is built with, and looks for buffers (`PyBuffer`,
    /// `__getbuffer__`: 3.11), classes that extend Python's own types (3.12), strings that are lent (`PyString::to_str`,
    /// `extract::<&str>()`: 3.10), and `dict` and `weakref` of `#[pyclass]` (3.9). Code under `#[cfg]` is left out.
    ///
    /// # Why it matters
    /// PyO3 leaves these out below the version, so that the crate stops compiling with errors that name neither the floor
    /// nor the feature ("cannot find type `PyBuffer`").
    ///
    /// # Example
    /// `abi3-py38` and `fn sum(data: PyBuffer<f64>)`.
    ///
    /// # Fix
    /// Raise the floor (`abi3-py311`), put the code under `#[cfg(any(Py_3_11, not(Py_LIMITED_API)))]`, or do without:
    /// `Vec<f64>` copies, `Py<PyDict>` as a field instead of `extends = PyDict`.
    pub(super) static RULE: "api-above-floor", Source, Error, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for file in &source.files {
        let Some(floor) = source.krate(file).and_then(|krate| krate.binding.floor()) else { continue };
        let mut tell = |at: &At, what: &str, needs: PythonVersion| {
            if floor < needs {
                let message = format!(
                    "{what} is in the stable ABI from {} on, and the floor is {}",
                    dotted(needs),
                    dotted(floor)
                );
                let feature =
                    format!("raise the floor to abi3-py{}{}, or leave it out below by #[cfg]", needs.0, needs.1);
                found.add(file.finding(Severity::Error, at, message).fix(feature));
            }
        };
        let mut names = file.names.iter().filter(|name| !name.is_conditional);
        let is_buffer = |name: &&Mention| name.what == Named::Path && old_name(&name.text, name.what).is_none();
        if let Some(first) = names.clone().find(is_buffer) {
            tell(&first.at, &format!("`{}`", first.text), (3, 11));
        }
        // Before 0.23 strings of Python could be lent by another way.
        if let Some(first) = names.find(|name| name.what == Named::Text && source.has_pyo3(file, (0, 23))) {
            tell(&first.at, &format!("`{}`", first.text), (3, 10));
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

/// Whether a type is one of Python's own by PyO3's custom of naming them; `PyAny` is what every class extends.
fn is_native(name: &str) -> bool {
    name != "PyAny" && name.strip_prefix("Py").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
}
