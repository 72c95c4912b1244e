//! The rule `pickle-without-module`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// A class supports pickle but does not name its module.
    ///
    /// # What it does
    /// Reports classes with `__getstate__`, `__setstate__` or `__getnewargs__` but without `module = "…"`, unless they are
    /// inside a `#[pymodule] mod`, which sets it, or have `__reduce__`. Crates that set `__module__` are ignored.
    ///
    /// # Why it matters
    /// Without it, the class belongs to `builtins`: `PicklingError: Can't pickle <class 'builtins.Point'>: attribute lookup
    /// Point on builtins failed`.
    /// Also reported in pyo3#474, pyo3#1517, shazamio-core#57.
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pymethods]
    /// impl Point {
    ///     fn __getnewargs__(&self) -> (f64, f64) { (self.x, self.y) }
    /// }
    /// ```
    ///
    /// # Fix
    /// `#[pyclass(module = "demo")]`
    pub(super) static RULE: "pickle-without-module", Source, Note, Source(check);
}

const MADE_FOR_PICKLE: [&str; 4] = ["__getstate__", "__setstate__", "__getnewargs__", "__getnewargs_ex__"];

fn check(source: &Source, found: &mut Found<'_>) {
    if source.files.iter().any(|file| file.names_module_attribute) {
        return;
    }
    for (file, class) in source.classes().filter(|(_, class)| class.module.is_none() && !class.is_in_module) {
        let has =
            |names: &[&str]| source.methods(file, &class.name).any(|method| names.contains(&method.name.as_str()));
        if has(&MADE_FOR_PICKLE) && !has(&["__reduce__", "__reduce_ex__"]) {
            let message = format!("`{}` supports pickle, which looks for it in `builtins`", class.name);
            found.add(
                file.finding(Severity::Note, &class.at, message)
                    .fix("name the module to import it from: #[pyclass(module = \"…\")]"),
            );
        }
    }
}
