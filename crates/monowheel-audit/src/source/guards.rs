//! The guard of a lock as a value: the call that takes it, and the forms that pass it on.

use syn::{Block, Expr, ExprCall, ExprMatch, ExprMethodCall, Ident, Pat, Path, Stmt};

use crate::source::At;
use crate::source::calls::{self, What};
use crate::source::names::at;
use crate::source::values::{bound_name, inner, is_unwrap, name_of};

/// The call that takes a lock: `receiver.method()`, or `Mutex::method(receiver)`.
#[derive(Clone, Copy)]
pub(super) struct Taken<'a> {
    pub(super) receiver: &'a Expr,
    pub(super) method: &'a Ident,
}

/// The call that takes the lock whose guard is this value: `a.lock()`, `a.lock().unwrap()`, `a.read()?`,
/// `match a.lock() { Ok(guard) => guard, … }`, `MutexGuard::map(a.lock(), …)`.
pub(super) fn guard_of(expr: &Expr) -> Option<Taken<'_>> {
    if let Some(inner) = inner(expr) {
        return guard_of(inner);
    }
    match expr {
        Expr::MethodCall(call) => {
            let name = call.method.to_string();
            if is_unwrap(&name) {
                return guard_of(&call.receiver);
            }
            // `py.detach(|| self.state.blocking_lock())` takes the lock while detached.
            if let (Some(What::Detach), Some(Expr::Closure(closure))) =
                (calls::of_method(&name, call.args.len(), false), call.args.first())
            {
                return guard_of(&closure.body);
            }
            is_lock(call, &name).then_some(Taken { receiver: &call.receiver, method: &call.method })
        }
        Expr::Call(call) => of_call(call),
        Expr::Match(matching) => passes_on(matching).then(|| guard_of(&matching.expr)).flatten(),
        Expr::If(conditional) => match &*conditional.cond {
            Expr::Let(condition) if is_value(&conditional.then_branch, &condition.pat) => guard_of(&condition.expr),
            _ => None,
        },
        Expr::Block(block) => last(&block.block).and_then(guard_of),
        Expr::Unsafe(block) => last(&block.block).and_then(guard_of),
        _ => None,
    }
}

/// `Mutex::lock(&a)`, `MutexGuard::map(a.lock(), …)`.
fn of_call(call: &ExprCall) -> Option<Taken<'_>> {
    let Expr::Path(function) = &*call.func else { return None };
    let mut parts = function.path.segments.iter().rev();
    let (method, of) = (&parts.next()?.ident, parts.next()?.ident.to_string());
    let first = call.args.first()?;
    if is_mapping(&of, method) {
        return guard_of(first);
    }
    let is_lock =
        of.ends_with("Mutex") && method == "lock" || of.ends_with("RwLock") && (method == "read" || method == "write");
    (is_lock && call.args.len() == 1).then_some(Taken { receiver: first, method })
}

/// The call that borrows an object of Python exclusively: `object.borrow_mut()`, `object.try_borrow_mut(py)?`.
pub(super) fn borrow_of(expr: &Expr) -> Option<&ExprMethodCall> {
    match expr {
        Expr::MethodCall(call) if is_unwrap(&call.method.to_string()) => borrow_of(&call.receiver),
        Expr::MethodCall(call) => (call.method == "borrow_mut" || call.method == "try_borrow_mut").then_some(call),
        other => borrow_of(inner(other)?),
    }
}

/// Whether a guard of this method is that of an object, not of a lock.
pub(crate) fn is_of_object(method: &str) -> bool {
    matches!(method, "borrow_mut" | "try_borrow_mut")
}

fn is_mapping(of: &str, method: &Ident) -> bool {
    of.ends_with("Guard") && ["map", "try_map", "filter_map"].iter().any(|name| method == name)
}

/// The name of a guard that a call makes into another guard: `MutexGuard::map(guard, …)`.
pub(super) fn mapped(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Call(call) => {
            let Expr::Path(function) = &*call.func else { return None };
            let mut parts = function.path.segments.iter().rev();
            let (method, of) = (&parts.next()?.ident, parts.next()?.ident.to_string());
            is_mapping(&of, method).then(|| call.args.first().and_then(name_of)).flatten()
        }
        Expr::MethodCall(call) if is_unwrap(&call.method.to_string()) => mapped(&call.receiver),
        other => mapped(inner(other)?),
    }
}

/// The guard that `Condvar::wait(guard)` gives up and takes again.
pub(super) fn waited_with(call: &ExprMethodCall) -> Option<String> {
    let is_wait = match call.args.len() {
        1 => call.method == "wait",
        // Those of parking_lot.
        2 => call.method == "wait_for" || call.method == "wait_until",
        _ => false,
    };
    match call.args.first().filter(|_| is_wait)? {
        // `stream.wait(&event)` is of something else.
        Expr::Reference(reference) if reference.mutability.is_none() => None,
        Expr::Reference(reference) => name_of(&reference.expr),
        other => name_of(other),
    }
}

/// Whether an arm of `match` returns what its pattern binds.
fn passes_on(matching: &ExprMatch) -> bool {
    matching.arms.iter().any(|arm| match &*arm.body {
        Expr::Block(block) => is_value(&block.block, &arm.pat),
        body => name_of(body).is_some_and(|name| bound_name(&arm.pat) == Some(name)),
    })
}

/// Whether a block's value is what the pattern binds.
fn is_value(block: &Block, pattern: &Pat) -> bool {
    last(block).and_then(name_of).is_some_and(|name| bound_name(pattern) == Some(name))
}

/// The value of a block.
fn last(block: &Block) -> Option<&Expr> {
    match block.stmts.last()? {
        Stmt::Expr(value, None) => Some(value),
        _ => None,
    }
}

pub(super) fn is_lock(call: &ExprMethodCall, name: &str) -> bool {
    // These wait, too.
    let is_blocking = matches!(name, "blocking_lock" | "blocking_read" | "blocking_write") && call.args.is_empty();
    if !is_blocking && calls::of_method(name, call.args.len(), false) != Some(What::Lock) {
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

/// The call in this value that may return the guard of a lock: a method or a function of the crate (`self.locked()?`), or
/// one that lends an entry of a `DashMap`. Whether it does is known once all files are read.
pub(super) fn guarded_call(expr: &Expr) -> Option<(&Ident, Option<&Expr>, At)> {
    match expr {
        Expr::MethodCall(call) if is_unwrap(&call.method.to_string()) => guarded_call(&call.receiver),
        Expr::MethodCall(call) => {
            let name = call.method.to_string();
            (!is_lock(call, &name)).then(|| (&call.method, Some(&*call.receiver), at(call.method.span())))
        }
        Expr::Call(call) => {
            let Expr::Path(function) = &*call.func else { return None };
            let name = &function.path.segments.last()?.ident;
            Some((name, None, at(name.span())))
        }
        other => guarded_call(inner(other)?),
    }
}

/// Methods of a `DashMap` whose result holds the lock of a shard, or that run a closure under it.
pub(super) fn lends_entry(method: &str) -> bool {
    matches!(method, "get" | "get_mut" | "entry" | "iter" | "iter_mut") || runs_under_entry(method)
}

/// Methods of a `DashMap` that run a closure under the lock of a shard.
pub(super) fn runs_under_entry(method: &str) -> bool {
    matches!(method, "retain" | "alter" | "alter_all" | "view" | "remove_if")
}
