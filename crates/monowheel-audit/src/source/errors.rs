//! Results of Python calls whose error is discarded.

use syn::visit::{self, Visit};
use syn::{Arm, Block, Expr, ExprAssign, ExprMethodCall, ExprReturn, ExprTry, Macro, Pat, Path, Stmt};

use crate::source::calls::{self, What};
use crate::source::values::inner;

/// The call into Python whose result is this value.
pub(super) fn python_call(expr: &Expr) -> Option<&ExprMethodCall> {
    match expr {
        Expr::MethodCall(call) => {
            let name = call.method.to_string();
            let what = calls::of_method(&name, call.args.len(), false);
            match what {
                // A signal handler raises its exception there.
                Some(What::Python | What::Signals) => Some(call),
                _ if matches!(name.as_str(), "and_then" | "map" | "map_err") => python_call(&call.receiver),
                _ => None,
            }
        }
        // Not `?`, which passes the error on.
        Expr::Paren(_) | Expr::Group(_) => python_call(inner(expr)?),
        _ => None,
    }
}

/// Whether a call of a method of a result discards its error.
pub(super) fn drops_error(call: &ExprMethodCall) -> bool {
    match call.method.to_string().as_str() {
        "ok" | "unwrap_or" | "unwrap_or_default" | "is_ok" | "is_err" => true,
        // `|_| …` does not look at it.
        "unwrap_or_else" | "map_err" | "or_else" => match call.args.first() {
            Some(Expr::Closure(closure)) => closure.inputs.iter().all(|input| matches!(input, Pat::Wild(_))),
            _ => false,
        },
        _ => false,
    }
}

/// Whether `if let` or `while let` ignores errors: its pattern is `Ok(value)`; or `Err(error)`, and its block goes on.
pub(super) fn is_dropped_by(pattern: &Pat, then: Option<&Block>) -> bool {
    let Pat::TupleStruct(wrapped) = pattern else { return false };
    wrapped.path.is_ident("Ok") || wrapped.path.is_ident("Err") && then.is_some_and(|then| !passes_on(then))
}

/// Whether code may pass an error on, or tells apart which it is.
fn passes_on(block: &Block) -> bool {
    let mut found = PassesOn::default();
    found.visit_block(block);
    found.is_so
}

#[derive(Default)]
struct PassesOn {
    is_so: bool,
}

/// Methods that keep an error, or raise it elsewhere.
const KEEP: [&str; 8] = ["insert", "into", "push", "replace", "restore", "send", "set_cause", "write_unraisable"];

impl<'ast> Visit<'ast> for PassesOn {
    fn visit_expr_return(&mut self, _: &'ast ExprReturn) {
        self.is_so = true;
    }

    fn visit_expr_try(&mut self, _: &'ast ExprTry) {
        self.is_so = true;
    }

    fn visit_expr_assign(&mut self, _: &'ast ExprAssign) {
        self.is_so = true;
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let name = call.method.to_string();
        self.is_so |= name.starts_with("is_instance") || name == "matches" || KEEP.contains(&name.as_str());
        visit::visit_expr_method_call(self, call);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        self.is_so |= path.is_ident("Err") || path.is_ident("Some");
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.is_so |= !LOGS.iter().any(|name| call.path.segments.last().is_some_and(|last| last.ident == name));
    }
}

/// Macros that show an error and do nothing else with it.
const LOGS: [&str; 9] = ["debug", "eprint", "eprintln", "error", "info", "print", "println", "trace", "warn"];

/// Whether an arm matches any error and does nothing with it: `Err(_) => continue`; or shows it, and the loop goes on.
pub(super) fn is_arm_without_error(arm: &Arm, is_in_loop: bool) -> bool {
    let Pat::TupleStruct(wrapped) = &arm.pat else { return false };
    if !wrapped.path.is_ident("Err") {
        return false;
    }
    // A block that does something else with it, and goes on.
    if let (Some(Pat::Ident(_)), Expr::Block(block)) = (wrapped.elems.first(), &*arm.body) {
        let is_value = matches!(block.block.stmts.last(), Some(Stmt::Expr(_, None)));
        return is_in_loop && !is_value && !passes_on(&block.block);
    }
    wrapped.elems.iter().all(|inner| matches!(inner, Pat::Wild(_)))
        && match &*arm.body {
            Expr::Continue(_) | Expr::Break(_) | Expr::Lit(_) => true,
            Expr::Tuple(unit) => unit.elems.is_empty(),
            Expr::Block(block) => block.block.stmts.is_empty(),
            Expr::Path(path) => path.path.is_ident("None"),
            _ => false,
        }
}
