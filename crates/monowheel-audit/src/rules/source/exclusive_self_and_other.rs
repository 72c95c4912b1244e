//! The rule `exclusive-self-and-other`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{File, Function, Param, Receiver, Source, Ty};

rule! {
    /// A function borrows two objects of a class, one of them exclusively: it fails for an object and itself.
    ///
    /// # What it does
    /// Looks at functions that Python calls, with `&mut self` or another exclusive borrow of a `#[pyclass]`, and a second
    /// parameter of the same class. Operators in place (`a += a`) are a warning.
    ///
    /// # Why it matters
    /// `names.merge(names)` raises `RuntimeError: Already mutably borrowed`, which says nothing about the arguments
    /// (pyo3#749, pyo3#795).
    ///
    /// # Example
    /// `fn __iadd__(&mut self, other: &Self) { self.x += other.x; }`
    ///
    /// # Fix
    /// Copy from the other one before the exclusive borrow begins:
    /// ```rust,ignore
    /// fn __iadd__(slf: &Bound<'_, Self>, other: &Bound<'_, Self>) {
    ///     let x = other.borrow().x;
    ///     slf.borrow_mut().x += x;
    /// }
    /// ```
    pub(super) static RULE: "exclusive-self-and-other", Source, Warning, Source(check);
}

/// The class that a parameter borrows, and whether exclusively.
fn borrowed<'a>(function: &'a Function, param: &'a Param) -> Option<(&'a str, bool)> {
    let ty = if param.ty.name == "Option" { param.ty.args.first()? } else { &param.ty };
    let (held, is_exclusive) = match ty.name.as_str() {
        "&" | "PyRef" => (ty.args.first()?, false),
        "&mut" | "PyRefMut" => (ty.args.first()?, true),
        _ => return None,
    };
    Some((meant(function, held), is_exclusive))
}

fn meant<'a>(function: &'a Function, ty: &'a Ty) -> &'a str {
    match function.class.as_deref() {
        Some(class) if ty.name == "Self" => class,
        _ => &ty.name,
    }
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.exported() {
        let Some(param) = second(source, file, function) else { continue };
        let is_operator = function.name.starts_with("__i") && IN_PLACE.contains(&function.name.as_str());
        let severity = if is_operator { Severity::Warning } else { Severity::Note };
        let message = format!(
            "{} borrows an object exclusively, and `{}` of the same class: it fails if both are one object",
            function.title(),
            param.name
        );
        found.add(
            file.finding(severity, &param.at, message)
                .fix("take &Bound<'_, Self>, and copy from the other object before borrow_mut()"),
        );
    }
}

/// The parameter that is borrowed together with an exclusive one of its class.
fn second<'a>(source: &Source, file: &File, function: &'a Function) -> Option<&'a Param> {
    let own = match function.receiver {
        Receiver::Exclusive => function.class.as_deref().map(|class| (class, true)),
        Receiver::Shared => function.class.as_deref().map(|class| (class, false)),
        Receiver::None => None,
    };
    let mut before: Vec<(&str, bool)> = own.into_iter().collect();
    for param in &function.params {
        let Some((class, is_exclusive)) = borrowed(function, param) else { continue };
        let conflicts = before.iter().any(|(other, exclusive)| *other == class && (*exclusive || is_exclusive));
        if conflicts && source.class(file, class).is_some() {
            return Some(param);
        }
        before.push((class, is_exclusive));
    }
    None
}

/// The operators in place.
const IN_PLACE: [&str; 13] = [
    "__iadd__",
    "__iand__",
    "__iconcat__",
    "__ifloordiv__",
    "__ilshift__",
    "__imatmul__",
    "__imod__",
    "__imul__",
    "__ior__",
    "__irshift__",
    "__isub__",
    "__itruediv__",
    "__ixor__",
];
