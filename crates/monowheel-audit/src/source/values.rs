//! The syntactic form of a value: the lock that it holds, the name that it is bound to.

use syn::{Expr, ExprMethodCall, Pat, Path};

use crate::source::At;
use crate::source::calls::{self, What};
use crate::source::items::at;

/// A wrapper around a value that returns the same value.
fn inner(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Paren(inner) => Some(&inner.expr),
        Expr::Group(inner) => Some(&inner.expr),
        Expr::Try(inner) => Some(&inner.expr),
        _ => None,
    }
}

pub(super) fn is_unwrap(method: &str) -> bool {
    matches!(method, "unwrap" | "expect" | "unwrap_or_else" | "map_err" | "ok" | "into_inner" | "context")
}

/// Where the lock is taken whose guard is this value: `a.lock()`, `a.lock().unwrap()`, `a.read()?`.
pub(super) fn guard_of(expr: &Expr) -> Option<At> {
    if let Some(inner) = inner(expr) {
        return guard_of(inner);
    }
    let Expr::MethodCall(call) = expr else { return None };
    let name = call.method.to_string();
    if is_unwrap(&name) {
        return guard_of(&call.receiver);
    }
    is_lock(call, &name).then(|| at(call.method.span()))
}

fn is_lock(call: &ExprMethodCall, name: &str) -> bool {
    if calls::of_method(name, call.args.len(), false) != Some(What::Lock) {
        return false;
    }
    // The locks of the standard streams are held while writing; `File::read` has an argument.
    match &*call.receiver {
        Expr::Call(made) => !matches!(&*made.func, Expr::Path(path) if is_stream(&path.path)),
        Expr::Path(path) => !is_stream(&path.path),
        _ => true,
    }
}

/// `stdout`, `io::stderr`.
fn is_stream(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| ["stdout", "stderr", "stdin"].iter().any(|name| last.ident == name))
}

/// Where a lock is taken in the call chain of this value, whose guard lives as long as the statement.
pub(super) fn lock_within(expr: &Expr) -> Option<At> {
    if let Some(at) = guard_of(expr) {
        return Some(at);
    }
    match expr {
        Expr::MethodCall(call) => lock_within(&call.receiver),
        Expr::Field(field) => lock_within(&field.base),
        Expr::Index(index) => lock_within(&index.expr),
        Expr::Reference(reference) => lock_within(&reference.expr),
        Expr::Unary(unary) => lock_within(&unary.expr),
        other => lock_within(inner(other)?),
    }
}

/// Whether the call chain of this value runs on rayon's threads.
pub(super) fn is_parallel(expr: &Expr) -> bool {
    match expr {
        Expr::MethodCall(call) => {
            calls::of_method(&call.method.to_string(), call.args.len(), false) == Some(What::Rayon)
                || is_parallel(&call.receiver)
        }
        other => inner(other).is_some_and(is_parallel),
    }
}

/// The single name that a pattern binds: `guard`, `mut guard`, `Ok(guard)`.
pub(super) fn bound_name(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(ident) => Some(ident.ident.to_string()),
        Pat::Type(typed) => bound_name(&typed.pat),
        Pat::TupleStruct(wrapped) if wrapped.elems.len() == 1 => wrapped.elems.first().and_then(bound_name),
        _ => None,
    }
}

/// The name, if a value is a plain name.
pub(super) fn name_of(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        _ => None,
    }
}
