//! The rule `missing-repr`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Role, Source};

rule! {
    /// A class has neither `__repr__` nor `__str__`.
    ///
    /// # What it does
    /// Reports `#[pyclass]` structs with fields or a constructor but no `__repr__`, `__str__` or `#[pyclass(str)]`.
    /// Iterators, callables, awaitables and exceptions are ignored.
    ///
    /// # Why it matters
    /// Notebooks, debuggers and failed assertions show `<builtins.Point object at 0x7f…>`.
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyclass]
    /// struct Point { x: f64, y: f64 }
    /// ```
    ///
    /// # Fix
    /// `fn __repr__(&self) -> String { format!("Point({}, {})", self.x, self.y) }`
    pub(super) static RULE: "missing-repr", Source, Note, Source(check);
}

const NOT_SHOWN: [&str; 9] =
    ["__repr__", "__str__", "__next__", "__anext__", "__await__", "__call__", "__enter__", "__aenter__", "__get__"];

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, class) in source.classes().filter(|(_, class)| !class.is_enum && class.extends.is_none()) {
        let mut methods = source.methods(file, &class.name).filter(|method| method.is_exported());
        let is_made = source.methods(file, &class.name).any(|method| method.role == Role::New);
        let is_shown = class.options.contains("str")
            || (class.fields.is_empty() && !is_made)
            || methods.any(|method| NOT_SHOWN.contains(&method.name.as_str()));
        if !is_shown {
            let message = format!("a `{}` is displayed as its type and address", class.name);
            found.add(file.finding(Severity::Note, &class.at, message).fix("write __repr__"));
        }
    }
}
