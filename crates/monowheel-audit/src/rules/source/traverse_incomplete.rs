//! The rule `traverse-incomplete`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::source::held_objects::{DEEPEST, leads_on};
use crate::source::{Class, Field, File, Function, Receiver, Source, Ty};

rule! {
    /// `__traverse__` leaves out a field with Python objects, or there is no `__clear__`.
    ///
    /// # What it does
    /// Reports fields that may lead back to the object and that `__traverse__` does not use (warnings; behind a lock, notes),
    /// and classes that can change without `__clear__` (notes). A `__traverse__` that uses `self` as a whole is ignored.
    ///
    /// # Why it matters
    /// An object that the garbage collector does not hear of counts as a reference from outside: its cycle is never freed.
    /// Without `__clear__`, a cycle of such objects alone is found, but nothing breaks it.
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyclass]
    /// struct Node { value: Option<Py<PyAny>>, on_change: Option<Py<PyAny>> }
    /// fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> { visit.call(&self.value) }
    /// ```
    ///
    /// # Fix
    /// `visit.call(&self.value)?; visit.call(&self.on_change)`, and the same in `__clear__`.
    pub(super) static RULE: "traverse-incomplete", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, class) in source.classes().filter(|(_, class)| !class.is_enum) {
        let named = |name: &str| source.methods(file, &class.name).find(|method| method.name == name);
        let Some(traverse) = named("__traverse__").filter(|method| !method.touched.contains("self")) else { continue };
        if let Some(field) = left_out(source, file, class, traverse) {
            let name = &field.name;
            // What is behind a lock cannot be visited while the lock is taken.
            let is_locked =
                field.ty.parts().iter().any(|part| part.name.ends_with("Lock") || part.name.contains("Mutex"));
            let severity = if is_locked { Severity::Note } else { Severity::Warning };
            let message = format!("{} leaves out `{name}`: a cycle through it is never freed", traverse.title());
            found.add(
                source
                    .file_of(file, traverse)
                    .finding(severity, &traverse.at, message)
                    .fix(format!("visit `self.{name}` too")),
            );
        } else if named("__clear__").is_none() && may_change(source, file, class) {
            let message = format!("a cycle of `{}` alone is found, but nothing breaks it", class.name);
            found.add(
                source.file_of(file, traverse).finding(Severity::Note, &traverse.at, message).fix("write __clear__"),
            );
        }
    }
}

/// A field that may lead back but is not visited.
fn left_out<'a>(source: &Source, file: &File, class: &'a Class, traverse: &Function) -> Option<&'a Field> {
    let mut fields =
        class.fields.iter().filter(|field| !field.name.is_empty() && !traverse.touched.contains(&field.name));
    // A struct of the crate may hold what never leads back: nobody knows it as well as its author.
    let is_plain = |ty: &Ty| ty.parts().iter().any(|part| part.name == "PyObject" || part.name == "Py");
    // All that it uses: a `__traverse__` that is empty on purpose says so.
    let uses_any = !traverse.touched.is_empty();
    fields.find(|field| uses_any && is_plain(&field.ty) && leads_on(source, file, &field.ty, DEEPEST))
}

/// Whether an object that the class holds can be put there after it was made.
fn may_change(source: &Source, file: &File, class: &Class) -> bool {
    let held = || class.fields.iter().filter(|field| leads_on(source, file, &field.ty, DEEPEST));
    let is_set = |field: &str| {
        source.methods(file, &class.name).any(|method| {
            method.is_exported() && method.receiver == Receiver::Exclusive && method.changed.contains(field)
        })
    };
    let can_set = class.options.contains("set_all");
    !class.options.contains("frozen") && held().any(|field| field.is_set || can_set || is_set(&field.name))
}
