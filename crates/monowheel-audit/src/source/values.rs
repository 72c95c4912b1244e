//! The syntactic form of a value: the lock that it holds, the name that it is bound to.

use syn::{Expr, ExprMethodCall, Pat, Path};

use crate::source::At;
use crate::source::calls::{self, What};
use crate::source::imports::Imports;
use crate::source::items::at;

/// A wrapper around a value that returns the same value.
pub(super) fn inner(expr: &Expr) -> Option<&Expr> {
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

/// The call that takes a lock.
#[derive(Clone, Copy)]
pub(super) struct Taken<'a> {
    pub(super) call: &'a ExprMethodCall,
}

/// The call that takes the lock whose guard is this value: `a.lock()`, `a.lock().unwrap()`, `a.read()?`.
pub(super) fn guard_of(expr: &Expr) -> Option<Taken<'_>> {
    if let Some(inner) = inner(expr) {
        return guard_of(inner);
    }
    let Expr::MethodCall(call) = expr else { return None };
    let name = call.method.to_string();
    if is_unwrap(&name) {
        return guard_of(&call.receiver);
    }
    is_lock(call, &name).then_some(Taken { call })
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

/// The call that takes a lock in the call chain of this value, whose guard lives as long as the statement.
pub(super) fn lock_within(expr: &Expr) -> Option<Taken<'_>> {
    if let Some(taken) = guard_of(expr) {
        return Some(taken);
    }
    match expr {
        // The closure gets the guard, and drops it: `a.lock().map_or(0, |a| a.len())`.
        Expr::MethodCall(call) if consumes(call) && guard_of(&call.receiver).is_some() => None,
        Expr::MethodCall(call) => lock_within(&call.receiver),
        Expr::Field(field) => lock_within(&field.base),
        Expr::Index(index) => lock_within(&index.expr),
        Expr::Reference(reference) => lock_within(&reference.expr),
        Expr::Unary(unary) => lock_within(&unary.expr),
        other => lock_within(inner(other)?),
    }
}

/// Whether a method of `Result` or `Option` passes the value inside to a closure.
fn consumes(call: &ExprMethodCall) -> bool {
    let name = call.method.to_string();
    matches!(name.as_str(), "map" | "map_or" | "map_or_else" | "and_then" | "is_ok_and" | "is_some_and")
        && call.args.iter().any(|argument| matches!(argument, Expr::Closure(_)))
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

/// A call of a function whose name suggests that it returns the guard of a lock: `self.locked()?`.
pub(super) fn guarded_call(expr: &Expr) -> Option<(String, At)> {
    let says_so = |name: &str| name.contains("lock") || name.contains("guard");
    match expr {
        Expr::MethodCall(call) if is_unwrap(&call.method.to_string()) => guarded_call(&call.receiver),
        Expr::MethodCall(call) => {
            let name = call.method.to_string();
            (says_so(&name) && !is_lock(call, &name)).then(|| (name, at(call.method.span())))
        }
        Expr::Call(call) => {
            let Expr::Path(function) = &*call.func else { return None };
            let name = &function.path.segments.last()?.ident;
            says_so(&name.to_string()).then(|| (name.to_string(), at(name.span())))
        }
        other => guarded_call(inner(other)?),
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
