//! The rule `unsigned-index`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::source::protocol_signature::given;
use crate::source::{File, Function, Role, Source};

rule! {
    /// A sequence does not accept negative indices.
    ///
    /// # What it does
    /// Reports `__getitem__`, `__setitem__` and `__delitem__` with a `usize`, in a class with `__len__`. For
    /// `#[pyclass(sequence)]`, Python adds the length itself; `#[pyclass(mapping)]` has keys.
    ///
    /// # Why it matters
    /// `words[-1]` is the last one in Python. Here it raises `OverflowError: can't convert negative int to unsigned`, which is
    /// not an IndexError either (sudachi.rs#75, quillmark#1516).
    ///
    /// # Example
    /// `fn __getitem__(&self, index: usize) -> PyResult<Word>`
    ///
    /// # Fix
    /// Take an `isize` and add the length to a negative one; or `#[pyclass(sequence)]`, without slices.
    pub(super) static RULE: "unsigned-index", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.exported().filter(|(_, function)| function.role == Role::Method) {
        let is_access = matches!(function.name.as_str(), "__getitem__" | "__setitem__" | "__delitem__");
        let takes_unsigned = given(function).next().is_some_and(|param| param.ty.name == "usize");
        if is_access && takes_unsigned && is_sequence(source, file, function) {
            let message = format!("{} takes an unsigned index: `[-1]` raises OverflowError", function.title());
            found.add(
                file.finding(Severity::Note, &function.at, message)
                    .fix("take an isize, and add the length to a negative one"),
            );
        }
    }
}

fn is_sequence(source: &Source, file: &File, function: &Function) -> bool {
    let class = function.class.as_deref().unwrap_or_default();
    let states_kind =
        |class: &crate::source::Class| ["mapping", "sequence"].iter().any(|option| class.options.contains(*option));
    !source.class(file, class).is_none_or(states_kind)
        && source.methods(file, class).any(|method| method.name == "__len__")
}
