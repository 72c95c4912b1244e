//! The rule `eq-without-hash`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// An immutable class defines equality but no hash, so its objects cannot be keys of a dict.
    ///
    /// # What it does
    /// Reports frozen classes and enums with `eq`, `__eq__` or `__richcmp__` but neither `hash` nor `__hash__`.
    ///
    /// # Why it matters
    /// Python removes the hash of a class that defines equality: `TypeError: unhashable type`, for an enum as well. Mutable
    /// classes should indeed have none.
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyclass(frozen, eq)]
    /// #[derive(PartialEq)]
    /// enum Color { Red, Green }
    /// ```
    ///
    /// # Fix
    /// `#[pyclass(frozen, eq, hash)]` with `#[derive(PartialEq, Hash)]`.
    pub(super) static RULE: "eq-without-hash", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, class) in source.classes() {
        let is_still = class.options.contains("frozen") || (class.is_enum && class.fields.is_empty());
        let has = |option: &str, names: &[&str]| {
            class.options.contains(option)
                || source.methods(file, &class.name).any(|method| names.contains(&method.name.as_str()))
        };
        if is_still && has("eq", &["__eq__", "__richcmp__"]) && !has("hash", &["__hash__"]) {
            let message = format!("a `{}` is compared by value, but cannot be a key of a dict", class.name);
            found.add(file.finding(Severity::Note, &class.at, message).fix("add `hash` to #[pyclass(…)]"));
        }
    }
}
