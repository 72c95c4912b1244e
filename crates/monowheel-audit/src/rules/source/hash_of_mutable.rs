//! The rule `hash-of-mutable`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Field, Function, Role, Source};

rule! {
    /// `__hash__` depends on fields that can change.
    ///
    /// # What it does
    /// Reports classes with a hand-written `__hash__` and fields that Python can set (`set`, `set_all`, a setter) or that a method
    /// changes, unless `__hash__` reads only other fields.
    ///
    /// # Why it matters
    /// An object that changes after it was put into a set or a dict is no longer found there, because its hash has
    /// changed. PyO3 refuses `#[pyclass(hash)]` without `frozen` for that reason (pyo3#4206), but cannot check a
    /// hand-written `__hash__`.
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyclass(get_all, set_all)]
    /// #[derive(Hash)]
    /// struct Point { x: i64, y: i64 }
    /// ```
    /// with `fn __hash__(&self) -> u64` over all fields.
    ///
    /// # Fix
    /// Use `#[pyclass(frozen, eq, hash)]`, hash only fields that never change, or remove `__hash__`.
    pub(super) static RULE: "hash-of-mutable", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, class) in source.classes().filter(|(_, class)| !class.options.contains("frozen")) {
        let Some(hash) = source.methods(file, &class.name).find(|method| method.name == "__hash__") else { continue };
        let is_seen = |field: &Field| hash.touched.contains("self") || hash.touched.contains(&field.name);
        let changes = |field: &Field| {
            let mut methods = source.methods(file, &class.name).filter(|method| method.is_exported());
            // Pickle restores an object that nobody has seen yet.
            let is_late = |method: &Function| method.role != Role::New && method.name != "__setstate__";
            methods.any(|method| is_late(method) && method.changed.contains(&field.name))
        };
        let is_set = |field: &Field| field.is_set || class.options.contains("set_all") || changes(field);
        if let Some(field) = class.fields.iter().find(|field| is_seen(field) && is_set(field)) {
            let message = format!(
                "`{}` can change, and the hash of `{}` depends on it: a changed object is not found in its dict",
                field.name, class.name
            );
            found.add(
                file.finding(Severity::Warning, &class.at, message)
                    .fix("declare it #[pyclass(frozen, eq, hash)], or hash only fields that never change"),
            );
        }
    }
}
