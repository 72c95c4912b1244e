//! The rule `eq-without-hash`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, Ty};

rule! {
    /// An immutable class defines equality but no hash, so its objects cannot be keys of a dict.
    ///
    /// # What it does
    /// Reports frozen classes and enums with `eq`, `__eq__` or `__richcmp__` but neither `hash` nor `__hash__`, if all
    /// their fields are integers, booleans, strings or combinations of them, which can be hashed.
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
        let can_hash = class.fields.iter().all(|field| is_hashable(&field.ty));
        let has = |option: &str, names: &[&str]| {
            class.options.contains(option)
                || source.methods(file, &class.name).any(|method| names.contains(&method.name.as_str()))
        };
        if is_still && can_hash && has("eq", &["__eq__", "__richcmp__"]) && !has("hash", &["__hash__"]) {
            let message = format!("a `{}` is compared by value, but cannot be a key of a dict", class.name);
            found.add(file.finding(Severity::Note, &class.at, message).fix("add `hash` to #[pyclass(…)]"));
        }
    }
}

/// Whether a type certainly has a hash: other types of the crate may hold floats.
fn is_hashable(ty: &Ty) -> bool {
    match ty.name.as_str() {
        "bool" | "char" | "String" | "str" | "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i8" | "i16" | "i32"
        | "i64" | "i128" | "isize" => true,
        "Option" | "Vec" | "Box" | "&" | "()" | "[]" => ty.args.iter().all(is_hashable),
        _ => false,
    }
}
