//! The syntactic form of a value: how its call chain begins, the name that it is bound to.

use syn::{Expr, ExprMethodCall, Pat, Stmt};

use crate::source::calls::{self, What};
use crate::source::imports::Imports;

/// A wrapper around a value that returns the same value.
pub(super) fn inner(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Paren(inner) => Some(&inner.expr),
        Expr::Group(inner) => Some(&inner.expr),
        Expr::Try(inner) => Some(&inner.expr),
        Expr::Unsafe(inner) => match inner.block.stmts.as_slice() {
            [Stmt::Expr(value, None)] => Some(value),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn is_unwrap(method: &str) -> bool {
    matches!(method, "unwrap" | "expect" | "unwrap_or_else" | "map_err" | "ok" | "into_inner" | "context")
}

/// The last methods of call chains that wait, by how the chain begins.
const WAITING_CHAINS: [(&str, &[&str]); 3] = [
    ("std::process::Command::new", &["output", "status"]),
    ("reqwest::blocking::", &["send", "execute"]),
    ("ureq::", &["call", "send", "send_json", "send_string", "send_bytes"]),
];

/// Whether a call ends a chain that waits for a process or a server: `Command::new("x").arg(1).output()`.
pub(super) fn ends_waiting_chain(call: &ExprMethodCall, name: &str, imports: &Imports) -> bool {
    let mut chains = WAITING_CHAINS.iter().filter(|(_, methods)| methods.contains(&name));
    chains.any(|(start, _)| starts_with(&call.receiver, start, imports))
}

/// Whether a call chain begins with a function whose path starts with this.
pub(super) fn starts_with(expr: &Expr, path: &str, imports: &Imports) -> bool {
    match expr {
        Expr::MethodCall(call) => starts_with(&call.receiver, path, imports),
        Expr::Call(call) => {
            matches!(&*call.func, Expr::Path(function) if imports.whole(&function.path).starts_with(path))
        }
        other => inner(other).is_some_and(|inner| starts_with(inner, path, imports)),
    }
}

/// Whether a value is a type object: `py.get_type::<Self>()`. Its attributes run no code of Python.
pub(super) fn is_type_object(expr: &Expr) -> bool {
    match expr {
        Expr::MethodCall(call) => call.method.to_string().starts_with("get_type"),
        Expr::Call(call) => {
            let Expr::Path(function) = &*call.func else { return false };
            function.path.segments.last().is_some_and(|last| last.ident.to_string().starts_with("type_object"))
        }
        other => inner(other).is_some_and(is_type_object),
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
