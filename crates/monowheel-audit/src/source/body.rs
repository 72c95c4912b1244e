//! The body of a function → its events in order, each with the locks held and the attachment state at that point.
//!
//! There are no types here: a lock is recognized by its name. A closure is assumed to run where it is written, except
//! for closures that are known to run elsewhere (`spawn`) or in another state (`detach`, `attach`, rayon).

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    BinOp, Block, Expr, ExprAssign, ExprAsync, ExprBinary, ExprCall, ExprField, ExprForLoop, ExprIf, ExprIndex,
    ExprLoop, ExprMatch, ExprMethodCall, ExprPath, ExprReference, ExprWhile, Item, Local, Macro, Pat, Path, Stmt,
    TypePath,
};

use crate::source::attributes::Attributes;
use crate::source::calls::{Named, What};
use crate::source::closures;
use crate::source::errors;
use crate::source::guards::{self, guard_of, guarded_call};
use crate::source::mutation::{compared_name, is_assignment, is_narrower};
use crate::source::names::at;
use crate::source::renames::Standing;
use crate::source::subject::{Subject, is_self};
use crate::source::values::{bound_name, name_of};
use crate::source::walker::Walker;
use crate::source::{Ty, lent_text};

impl<'ast> Visit<'ast> for Walker<'_> {
    fn visit_block(&mut self, block: &'ast Block) {
        let around = std::mem::replace(&mut self.closures, closures::of_block(block, self.imports));
        self.within(|this| visit::visit_block(this, block));
        self.closures = around;
    }

    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        let attributes = match stmt {
            Stmt::Local(local) => local.attrs.as_slice(),
            Stmt::Expr(Expr::Block(block), _) => block.attrs.as_slice(),
            Stmt::Expr(Expr::If(conditional), _) => conditional.attrs.as_slice(),
            Stmt::Macro(call) => call.attrs.as_slice(),
            _ => &[],
        };
        let attributes = Attributes::of(attributes);
        if attributes.is_test {
            return;
        }
        let is_conditional = self.is_conditional;
        self.is_conditional |= attributes.is_conditional;
        visit::visit_stmt(self, stmt);
        self.is_conditional = is_conditional;
    }

    fn visit_local(&mut self, local: &'ast Local) {
        let Some(init) = &local.init else { return self.visit_pat(&local.pat) };
        match self.value_of_macro(&init.expr) {
            Some((value, place)) => self.in_macro(&place, |this| this.bind(&local.pat, &value, None)),
            None => self.bind(&local.pat, &init.expr, init.diverge.as_ref().map(|(_, diverge)| &**diverge)),
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        self.method_call(call);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        self.function_call(call);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        self.note_names(path);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.macro_call(call);
    }

    fn visit_expr_async(&mut self, block: &'ast ExprAsync) {
        let (state, held, is_here) = (self.state, self.held.clone(), self.is_here);
        self.elsewhere();
        visit::visit_expr_async(self, block);
        (self.state, self.held, self.is_here) = (state, held, is_here);
    }

    fn visit_expr_try(&mut self, tried: &'ast syn::ExprTry) {
        self.note_cast(&tried.expr);
        self.note_tried(&tried.expr);
        visit::visit_expr_try(self, tried);
    }

    fn visit_expr_await(&mut self, awaited: &'ast syn::ExprAwait) {
        self.event(What::Awaits, at(awaited.await_token.span), "await");
        visit::visit_expr_await(self, awaited);
    }

    fn visit_expr_field(&mut self, field: &'ast ExprField) {
        if is_self(&field.base) {
            if let syn::Member::Named(name) = &field.member {
                self.touched.insert(name.to_string());
                return;
            }
        }
        visit::visit_expr_field(self, field);
    }

    fn visit_expr_cast(&mut self, cast: &'ast syn::ExprCast) {
        if let (Some(name), Subject::Ty(from)) = (name_of(&cast.expr), self.subject(&cast.expr)) {
            if is_narrower(&Ty::of(&cast.ty).name, &from.name) {
                self.event(What::Narrows, at(cast.span()), name);
            }
        }
        visit::visit_expr_cast(self, cast);
    }

    fn visit_expr_assign(&mut self, assign: &'ast ExprAssign) {
        self.change(&assign.left);
        self.stores(&assign.left, [&*assign.right]);
        visit::visit_expr_assign(self, assign);
        self.assigned(&assign.left, &assign.right);
    }

    fn visit_expr_binary(&mut self, binary: &'ast ExprBinary) {
        if is_assignment(&binary.op) {
            self.change(&binary.left);
        }
        if matches!(binary.op, BinOp::Div(_) | BinOp::Rem(_)) {
            if let Some(name) = compared_name(&binary.right) {
                self.event(What::Divides, at(binary.span()), name);
            }
        }
        if matches!(binary.op, BinOp::Eq(_) | BinOp::Ne(_)) {
            self.tested.extend([&binary.left, &binary.right].into_iter().filter_map(|side| compared_name(side)));
        }
        if matches!(binary.op, BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_)) {
            self.compared.extend([&binary.left, &binary.right].into_iter().filter_map(|side| compared_name(side)));
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_reference(&mut self, reference: &'ast ExprReference) {
        if reference.mutability.is_some() {
            self.change(&reference.expr);
        }
        visit::visit_expr_reference(self, reference);
    }

    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        if path.path.is_ident("self") {
            self.touched.insert("self".to_owned());
            self.needs_exclusive = true;
        }
        let name = path.path.get_ident().map(ToString::to_string);
        self.statics.extend(name.filter(|name| is_of_static(name)));
        let standing = std::mem::replace(&mut self.standing, Standing::Value);
        visit::visit_expr_path(self, path);
        self.standing = standing;
    }

    fn visit_type_path(&mut self, path: &'ast TypePath) {
        let standing = std::mem::replace(&mut self.standing, Standing::Type);
        visit::visit_type_path(self, path);
        self.standing = standing;
    }

    fn visit_expr_struct(&mut self, made: &'ast syn::ExprStruct) {
        self.makes(&made.path);
        let standing = std::mem::replace(&mut self.standing, Standing::Other);
        visit::visit_expr_struct(self, made);
        self.standing = standing;
    }

    fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
        match text.value().as_str() {
            "modules" | "sys.modules" => self.names_sys_modules = true,
            "__module__" => self.names_module_attribute = true,
            _ => {}
        }
    }

    fn visit_expr_index(&mut self, index: &'ast ExprIndex) {
        for name in indexed_by(&index.index) {
            self.event(What::Index, at(index.span()), name);
        }
        visit::visit_expr_index(self, index);
    }

    fn visit_expr_loop(&mut self, endless: &'ast ExprLoop) {
        self.in_loop("loop", at(endless.loop_token.span), |this| this.visit_block(&endless.body));
    }

    fn visit_expr_while(&mut self, looping: &'ast ExprWhile) {
        // A loop that counts ends by itself; one that runs until a condition holds may not.
        let keyword = match &*looping.cond {
            Expr::Binary(ExprBinary { op: BinOp::Ne(_), .. }) | Expr::Lit(_) => "while-not",
            // `while self.step() {}`.
            Expr::MethodCall(call) if is_self(&call.receiver) => "while-not",
            _ => "while",
        };
        self.in_loop(keyword, at(looping.while_token.span), |this| {
            this.condition(&looping.cond, None);
            this.visit_block(&looping.body);
        });
    }

    fn visit_expr_for_loop(&mut self, looping: &'ast ExprForLoop) {
        self.within(|this| {
            this.visit_pat(&looping.pat);
            this.looked_at(None, &looping.expr);
            this.received(looping);
            let keyword = if matches!(&*looping.expr, Expr::Range(_)) { "for-range" } else { "for" };
            this.in_loop(keyword, at(looping.for_token.span), |this| this.visit_block(&looping.body));
        });
    }

    fn visit_expr_match(&mut self, matching: &'ast ExprMatch) {
        self.within(|this| {
            let is_in_loop = !this.loops.is_empty();
            if matching.arms.iter().any(|arm| errors::is_arm_without_error(arm, is_in_loop)) {
                this.dropped_error(&matching.expr);
            }
            this.tested.extend(compared_name(&matching.expr));
            this.looked_at(matching.arms.first().map(|arm| &arm.pat), &matching.expr);
            matching.arms.iter().for_each(|arm| this.visit_arm(arm));
        });
    }

    fn visit_expr_if(&mut self, conditional: &'ast ExprIf) {
        self.within(|this| {
            let held = this.held.clone();
            // In a loop, the next round begins although the user wanted to stop.
            let goes_on = conditional.else_branch.is_none() && !this.loops.is_empty();
            this.condition(&conditional.cond, goes_on.then_some(&conditional.then_branch));
            this.visit_block(&conditional.then_branch);
            if this.is_2024 {
                this.held = held;
            }
            if let Some((_, other)) = &conditional.else_branch {
                this.visit_expr(other);
            }
        });
    }

    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        let name = pattern.ident.to_string();
        self.known.remove(&name);
        self.bound.insert(name);
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        self.note_gil_reference(reference);
        visit::visit_type_reference(self, reference);
    }

    fn visit_trait_bound(&mut self, bound: &'ast syn::TraitBound) {
        self.note_bound(bound);
        visit::visit_trait_bound(self, bound);
    }

    fn visit_type_ptr(&mut self, _: &'ast syn::TypePtr) {}

    /// Items inside a function are handled separately.
    fn visit_item(&mut self, _: &'ast Item) {}
}

impl Walker<'_> {
    /// `let pattern = value else { diverge };`
    fn bind(&mut self, pattern: &Pat, value: &Expr, diverge: Option<&Expr>) {
        let subject = match pattern {
            Pat::Type(typed) => Subject::Ty(Ty::of(&typed.ty)),
            _ => self.subject(value),
        };
        if let (Subject::Ty(ty), Some(call)) = (&subject, lent_text::extract_of(value)) {
            if ty.is_str() {
                self.note(Named::Text, "extract::<&str>".to_owned(), at(call.method.span()), None);
            }
        }
        let runs = bound_name(pattern).and_then(|name| self.closures.get(&name).copied());
        match runs.filter(|_| matches!(value, Expr::Closure(_))) {
            Some(runs) => self.closure(value, runs),
            None => {
                let start = self.events.len();
                let is_object = self.is_typed_as_object(pattern);
                let binds_object = std::mem::replace(&mut self.binds_object, is_object);
                self.within(|this| this.visit_expr(value));
                self.binds_object = binds_object;
                if let (Expr::Closure(_), Some(name)) = (value, bound_name(pattern)) {
                    self.in_closures.insert(name, start..self.events.len());
                }
            }
        }
        if matches!(pattern, Pat::Wild(_)) {
            self.dropped_error(value);
        }
        diverge.iter().for_each(|diverge| self.visit_expr(diverge));
        match guard_of(value) {
            Some(taken) => {
                let name = bound_name(pattern);
                // `let _ = lock()` releases the lock immediately.
                if name.is_some() {
                    self.hold(name, &taken);
                }
            }
            None if self.borrows_object(pattern, value) => {}
            None => match (guards::mapped(value), guarded_call(value), bound_name(pattern)) {
                (Some(old), _, Some(new)) => self.renamed_guard(&old, &new),
                (None, Some((function, receiver, at)), Some(name)) => {
                    self.hold_result(Some(name), function.to_string(), receiver, at);
                }
                _ => {
                    self.hold_each(pattern, value);
                    // `let guard = guard;`.
                    self.moved(value);
                }
            },
        }
        self.visit_pat(pattern);
        self.names_channel(pattern, value);
        if let Some(name) = bound_name(pattern) {
            self.derive(&name, value);
            self.known.insert(name, subject);
        }
    }
}

/// The variables that decide which item an index takes: `at`, `at - 1`, `at as usize`, `..end`.
fn indexed_by(index: &Expr) -> Vec<String> {
    match index {
        Expr::Range(range) => range.start.iter().chain(&range.end).flat_map(|end| indexed_by(end)).collect(),
        Expr::Binary(binary) if matches!(binary.op, BinOp::Add(_) | BinOp::Sub(_)) => {
            [&binary.left, &binary.right].into_iter().flat_map(|side| indexed_by(side)).collect()
        }
        Expr::Cast(cast) => indexed_by(&cast.expr),
        Expr::Paren(inner) => indexed_by(&inner.expr),
        other => name_of(other).into_iter().collect(),
    }
}

/// Whether a name is written like that of a static or a constant.
fn is_of_static(name: &str) -> bool {
    name.contains(char::is_uppercase) && !name.contains(char::is_lowercase)
}
