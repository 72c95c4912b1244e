//! The rule `subclass-takes-nothing`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Role, Source};

rule! {
    /// A class can be subclassed, but its constructor takes no arguments, so subclasses cannot take any either.
    ///
    /// # What it does
    /// Reports `#[pyclass(subclass)]` whose `#[new]` has no parameters, if there is no `__init__`.
    ///
    /// # Why it matters
    /// Python passes the arguments of a call to `__new__` first: `Sub(1)` raises TypeError before `Sub.__init__` is called,
    /// whatever its parameters are (ibx#105).
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pymethods]
    /// impl Base {
    ///     #[new]
    ///     fn new() -> Self { Self }
    /// }
    /// ```
    ///
    /// # Fix
    /// Use `#[pyo3(signature = (*_args, **_kwargs))]` with two unused parameters.
    pub(super) static RULE: "subclass-takes-nothing", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, class) in source.classes().filter(|(_, class)| class.options.contains("subclass")) {
        let methods = || source.methods(file, &class.name);
        let is_given = |ty: &str| !matches!(ty, "Python" | "PyType");
        let is_empty = |method: &&crate::source::Function| {
            method.role == Role::New
                && !method.has_signature
                && !method.params.iter().any(|param| param.name != "cls" && is_given(&param.ty.bare().name))
        };
        if methods().any(|method| is_empty(&method)) && !methods().any(|method| method.name == "__init__") {
            let message = format!("subclasses of `{}` cannot take arguments: `#[new]` takes none", class.name);
            found.add(
                file.finding(Severity::Note, &class.at, message)
                    .fix("accept any arguments in #[new]: #[pyo3(signature = (*_args, **_kwargs))]"),
            );
        }
    }
}
