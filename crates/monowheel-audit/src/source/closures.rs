//! Closures with a name, which run where they are called or passed, not where they are written.

use std::collections::BTreeMap;

use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprCall, ExprMethodCall, ExprPath, Local, Stmt};

use crate::source::calls::{self, What};
use crate::source::imports::Imports;
use crate::source::values::{bound_name, name_of};

/// Where a named closure runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runs {
    /// Only in `py.detach(name)`.
    Detached,
    /// On another thread, or in several ways.
    Anywhere,
}

/// The closures that a block binds to a name, and that do not simply run in the state of the block.
pub(super) fn of_block(block: &Block, imports: &Imports) -> BTreeMap<String, Runs> {
    let named = block.stmts.iter().filter_map(closure_name);
    named.filter_map(|name| Some((name.clone(), uses(block, &name, imports)?))).collect()
}

/// `let name = || …;`
fn closure_name(stmt: &Stmt) -> Option<String> {
    match stmt {
        Stmt::Local(Local { pat, init: Some(init), .. }) if matches!(&*init.expr, Expr::Closure(_)) => bound_name(pat),
        _ => None,
    }
}

fn uses(block: &Block, name: &str, imports: &Imports) -> Option<Runs> {
    let mut uses = Uses { name, imports, is_detached: false, is_elsewhere: false, is_here: false };
    uses.visit_block(block);
    match uses {
        Uses { is_elsewhere: true, .. } | Uses { is_detached: true, is_here: true, .. } => Some(Runs::Anywhere),
        Uses { is_detached: true, .. } => Some(Runs::Detached),
        _ => None,
    }
}

struct Uses<'a> {
    name: &'a str,
    imports: &'a Imports,
    is_detached: bool,
    is_elsewhere: bool,
    is_here: bool,
}

impl Uses<'_> {
    /// Whether a call passes the closure by its name.
    fn is_passed<'e>(&self, mut arguments: impl Iterator<Item = &'e Expr>) -> bool {
        arguments.any(|argument| name_of(argument).as_deref() == Some(self.name))
    }
}

impl<'ast> Visit<'ast> for Uses<'_> {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let what = calls::of_method(&call.method.to_string(), call.args.len(), true);
        match what {
            Some(What::Detach) if self.is_passed(call.args.iter()) => self.is_detached = true,
            Some(What::Spawn) if self.is_passed(call.args.iter()) => self.is_elsewhere = true,
            _ => call.args.iter().for_each(|argument| self.visit_expr(argument)),
        }
        self.visit_expr(&call.receiver);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        let what = match &*call.func {
            Expr::Path(function) => calls::of_path(&self.imports.whole(&function.path)),
            _ => None,
        };
        match what {
            Some(What::Spawn | What::Attach) if self.is_passed(call.args.iter()) => self.is_elsewhere = true,
            _ => visit::visit_expr_call(self, call),
        }
    }

    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        self.is_here |= path.path.is_ident(self.name);
    }
}
