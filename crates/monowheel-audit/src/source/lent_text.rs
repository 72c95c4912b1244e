//! `text.to_str()` of a `PyString`, `object.extract::<&str>()`: text borrowed from Python, which the stable ABI has since 3.10.

use syn::{Expr, ExprMethodCall, GenericArgument};

use crate::source::Ty;
use crate::source::subject::Subject;
use crate::source::values::{inner, is_unwrap};

/// What a call of `name` borrows; `subject` is the origin of its receiver.
pub(super) fn of(call: &ExprMethodCall, name: &str, subject: &Subject) -> Option<&'static str> {
    match (name, subject) {
        ("extract", _) => types(call).next().is_some_and(|ty| ty.is_str()).then_some("extract::<&str>"),
        ("to_str", Subject::Ty(ty)) => ty.holds("PyString").then_some("PyString::to_str"),
        ("to_str", _) => is_cast_to(&call.receiver, "PyString").then_some("PyString::to_str"),
        _ => None,
    }
}

/// The types between `::<` and `>`.
fn types(call: &ExprMethodCall) -> impl Iterator<Item = Ty> {
    let arguments = call.turbofish.iter().flat_map(|turbofish| &turbofish.args);
    arguments.filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(Ty::of(ty)),
        _ => None,
    })
}

/// Whether a call chain ends with `cast::<NAME>()` or a similar method.
fn is_cast_to(expr: &Expr, name: &str) -> bool {
    match expr {
        Expr::MethodCall(call) if is_unwrap(&call.method.to_string()) => is_cast_to(&call.receiver, name),
        Expr::MethodCall(call) => {
            let method = call.method.to_string();
            (method.starts_with("cast") || method.starts_with("downcast")) && types(call).any(|ty| ty.name == name)
        }
        other => inner(other).is_some_and(|inner| is_cast_to(inner, name)),
    }
}

/// The call of `extract` that returns a value, without its type: `object.extract()?`.
pub(super) fn extract_of(expr: &Expr) -> Option<&ExprMethodCall> {
    match expr {
        Expr::MethodCall(call) if call.method == "extract" && call.turbofish.is_none() => Some(call),
        Expr::MethodCall(call) if is_unwrap(&call.method.to_string()) => extract_of(&call.receiver),
        other => extract_of(inner(other)?),
    }
}
