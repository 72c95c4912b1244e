//! The rule `getter-clones-class`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Class, File, Function, Receiver, Role, Source, Ty, What};

rule! {
    /// Reading an attribute returns a copy of another object of the crate, so changes to it are lost.
    ///
    /// # What it does
    /// Reports `#[pyo3(get)]` and `get_all` on fields whose type is a mutable `#[pyclass]` (a setter, `set_all`, a method with
    /// `&mut self`), and `#[getter]` methods and `__getitem__` that clone such a field, one of its items, or what is behind its
    /// lock. It is a note if the class with the field has no constructor: its objects are results, which are read; and for a
    /// list of copies.
    ///
    /// # Why it matters
    /// `outer.inner.number = 1` silently changes the copy only (pyo3#4204, pyo3#1973).
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyclass]
    /// struct Outer { #[pyo3(get, set)] inner: Inner }
    /// ```
    ///
    /// # Fix
    /// Keep the object itself: `inner: Py<Inner>`. Or declare `Inner` frozen, so that an assignment is an error.
    pub(super) static RULE: "getter-clones-class", Source, Warning, Source(check);
}

const FIX: &str = "keep a Py<…> of it, or declare that class frozen";

/// A note for a class whose objects only Rust makes: they are results, which hardly anybody changes. A macro of the crate may
/// write the constructor.
fn severity(source: &Source, file: &File, class: &str) -> Severity {
    let in_macro = || source.files.iter().any(|other| other.krate == file.krate && other.in_macros.contains(class));
    let is_made_by_python = source.methods(file, class).any(|method| method.role == Role::New) || in_macro();
    if is_made_by_python || !source.makes(file, class) { Severity::Warning } else { Severity::Note }
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, class) in source.classes().filter(|(_, class)| !class.is_enum) {
        let all = class.options.contains("get_all");
        for field in class.fields.iter().filter(|field| all || field.is_read) {
            // Lists are of `getter-clones-container`.
            if let Some(inner) = changing(source, file, &field.ty).filter(|_| !field.ty.holds("Vec")) {
                let (of, name) = (&class.name, &field.name);
                let message = format!("`{of}.{name}` returns a copy of the `{}`: changes to it are lost", inner.name);
                found.add(file.finding(severity(source, file, of), &field.at, message).fix(FIX));
            }
        }
    }
    let is_getter = |function: &Function| function.role == Role::Getter || function.name == "__getitem__";
    for (file, function) in source.exported().filter(|(_, function)| is_getter(function)) {
        let clone = function.events.iter().find(|event| matches!(event.what, What::Clones | What::ClonesInside));
        let inner = function.output.as_ref().and_then(|output| changing(source, file, output));
        if let (Some(clone), Some(inner)) = (clone, inner) {
            let is_list = function.output.as_ref().is_some_and(|output| output.holds("Vec"));
            let severity = match severity(source, file, function.class.as_deref().unwrap_or_default()) {
                _ if is_list => Severity::Note,
                severity => severity,
            };
            let message =
                format!("{} returns a copy of the `{}`: changes to it are lost", function.title(), inner.name);
            found.add(file.finding(severity, &clone.at, message).fix(FIX));
        }
    }
}

/// The class behind a type that holds it by value, if Python can change its objects.
fn changing<'a>(source: &'a Source, file: &File, ty: &Ty) -> Option<&'a Class> {
    let ty = match (ty.name.as_str(), ty.args.first()) {
        ("Option" | "PyResult" | "Result" | "Vec", Some(inner)) => return changing(source, file, inner),
        _ => ty,
    };
    let class = source.class(file, &ty.name).filter(|class| !class.is_enum && !class.options.contains("frozen"))?;
    let is_set = class.options.contains("set_all") || class.fields.iter().any(|field| field.is_set);
    let changes = |method: &Function| {
        method.is_exported() && (method.role == Role::Setter || method.receiver == Receiver::Exclusive)
    };
    (is_set || source.methods(file, &class.name).any(changes)).then_some(class)
}
