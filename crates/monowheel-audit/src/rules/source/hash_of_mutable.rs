//! The rule `hash-of-mutable`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Field, Source};

rule! {
    /// `__hash__` is made of what Python may set afterwards.
    ///
    /// # What it does
    /// Reports classes with a `__hash__` of their own and fields that Python can set (`set`, `set_all`), unless `__hash__` looks
    /// at other fields alone.
    ///
    /// # Why it matters
    /// An object that changes after it was put into a set or a dict is there and is not found: its hash leads elsewhere. PyO3
    /// refuses `#[pyclass(hash)]` without `frozen` for that reason (pyo3#4206); a `__hash__` by hand it cannot see.
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyclass(get_all, set_all)]
    /// #[derive(Hash)]
    /// struct Point { x: i64, y: i64 }
    /// ```
    /// with `fn __hash__(&self) -> u64` over all of it.
    ///
    /// # Fix
    /// `#[pyclass(frozen, eq, hash)]`; or hash what never changes; or leave `__hash__` out.
    pub(super) static RULE: "hash-of-mutable", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, class) in source.classes().filter(|(_, class)| !class.options.contains("frozen")) {
        let Some(hash) = source.methods(file, &class.name).find(|method| method.name == "__hash__") else { continue };
        let is_seen = |field: &Field| hash.touched.contains("self") || hash.touched.contains(&field.name);
        let is_set = |field: &Field| field.is_set || class.options.contains("set_all");
        if let Some(field) = class.fields.iter().find(|field| is_set(field) && is_seen(field)) {
            let message = format!(
                "`{}` can be set, and `__hash__` of `{}` may be made of it: a changed key is lost in its dict",
                field.name, class.name
            );
            found.add(
                file.finding(Severity::Warning, &class.at, message)
                    .fix("declare it #[pyclass(frozen, eq, hash)], or hash what never changes"),
            );
        }
    }
}
