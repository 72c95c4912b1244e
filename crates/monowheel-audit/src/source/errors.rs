//! Results of Python calls whose error is discarded.

use syn::{Arm, Expr, ExprMethodCall, Pat};

use crate::source::calls::{self, What};
use crate::source::values::inner;

/// The call into Python whose result is this value.
pub(super) fn python_call(expr: &Expr) -> Option<&ExprMethodCall> {
    match expr {
        Expr::MethodCall(call) => {
            let what = calls::of_method(&call.method.to_string(), call.args.len(), false);
            (what == Some(What::Python)).then_some(call)
        }
        // Not `?`, which passes the error on.
        Expr::Paren(_) | Expr::Group(_) => python_call(inner(expr)?),
        _ => None,
    }
}

/// Whether a method of a result discards its error.
pub(super) fn drops_error(method: &str) -> bool {
    matches!(method, "ok" | "unwrap_or" | "unwrap_or_default" | "is_ok")
}

/// Whether a pattern of `if let` or `while let` ignores errors: `Ok(value)`.
pub(super) fn is_dropped_by(pattern: &Pat) -> bool {
    matches!(pattern, Pat::TupleStruct(wrapped) if wrapped.path.is_ident("Ok"))
}

/// Whether an arm matches any error and does nothing with it: `Err(_) => continue`.
pub(super) fn is_arm_without_error(arm: &Arm) -> bool {
    let Pat::TupleStruct(wrapped) = &arm.pat else { return false };
    let is_any = wrapped.path.is_ident("Err") && wrapped.elems.iter().all(|inner| matches!(inner, Pat::Wild(_)));
    is_any
        && match &*arm.body {
            Expr::Continue(_) | Expr::Break(_) | Expr::Lit(_) => true,
            Expr::Tuple(unit) => unit.elems.is_empty(),
            Expr::Block(block) => block.block.stmts.is_empty(),
            Expr::Path(path) => path.path.is_ident("None"),
            _ => false,
        }
}
