//! The rule `bound-outlives-call`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, Ty};

rule! {
    /// A reference bound to the interpreter is kept as `'static`, beyond the call it is valid for.
    ///
    /// # What it does
    /// Reports `Bound<'static, …>`, `Borrowed<'static, …>` and `Python<'static>` in fields, parameters and return
    /// types.
    ///
    /// # Why it matters
    /// The lifetime of a `Bound` shows that this thread is attached. One with `'static` was created by `transmute` or
    /// `assume_attached` and is used while the thread is not attached: a data race on reference counts, and a crash
    /// later.
    ///
    /// # Example
    /// ```rust,ignore
    /// struct Cache { module: Bound<'static, PyModule> }
    /// ```
    ///
    /// # Fix
    /// Keep `Py<PyModule>` (`bound.unbind()`), and `bind(py)` it in each call.
    pub(super) static RULE: "bound-outlives-call", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let is_kept = |ty: &Ty| {
        ty.parts().iter().any(|part| part.is_static && matches!(part.name.as_str(), "Bound" | "Borrowed" | "Python"))
    };
    for file in &source.files {
        for class in file.classes.iter().chain(&file.structs) {
            for field in class.fields.iter().filter(|field| is_kept(&field.ty)) {
                let message = format!("`{}` keeps a bound reference beyond the call it is valid for", class.name);
                found.add(
                    file.finding(Severity::Warning, &field.at, message).fix("keep a Py<…> and bind it in each call"),
                );
            }
        }
        for function in &file.functions {
            let of_params = function.params.iter().any(|param| is_kept(&param.ty));
            if of_params || function.output.as_ref().is_some_and(is_kept) {
                let message = format!("{} uses references bound for `'static`", function.title());
                found.add(file.finding(Severity::Warning, &function.at, message).fix("use the lifetime of `py`"));
            }
        }
    }
}
