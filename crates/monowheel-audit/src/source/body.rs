//! The body of a function → its events in order, each with the locks held and the attachment state at that point.
//!
//! There are no types here: a lock is recognized by its name. A closure is assumed to run where it is written, except
//! for closures that are known to run elsewhere (`spawn`) or in another state (`detach`, `attach`, rayon).

use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Block, Expr, ExprAsync, ExprCall, ExprForLoop, ExprIf, ExprIndex, ExprLoop, ExprMatch, ExprMethodCall, ExprWhile,
    Item, Local, Macro, Pat, Path, PathArguments, Token,
};

use crate::source::calls::{self, Named, What};
use crate::source::items::{at, words};
use crate::source::values::{bound_name, guard_of, is_parallel, is_unwrap, lock_within, name_of};
use crate::source::walker::{State, Walker};
use crate::source::{At, Ty};

impl Walker<'_> {
    /// The arguments of a call that runs its closures in a special way.
    fn arguments(&mut self, what: Option<What>, arguments: &Punctuated<Expr, Token![,]>) {
        let (state, is_once, is_rayon) = (self.state, self.is_once, self.is_rayon);
        let held = self.held.clone();
        for argument in arguments {
            if matches!(argument, Expr::Closure(_)) {
                match what {
                    Some(What::Attach) => self.state = State::Attached,
                    Some(What::Detach) => self.state = State::Detached,
                    Some(What::Spawn) => self.elsewhere(),
                    Some(What::Once) => self.is_once = true,
                    Some(What::Rayon) => {
                        self.elsewhere();
                        self.is_rayon = true;
                    }
                    _ => {}
                }
            }
            self.visit_expr(argument);
            (self.state, self.is_once, self.is_rayon) = (state, is_once, is_rayon);
            self.held.clone_from(&held);
        }
    }

    /// A loop's body; `keyword` names it.
    fn in_loop(&mut self, keyword: &str, at: At, look: impl FnOnce(&mut Self)) {
        let this = self.next_loop;
        self.next_loop = self.next_loop.saturating_add(1);
        self.loops.push(this);
        self.event(What::Loop, at, keyword);
        self.within(look);
        self.loops.pop();
    }

    /// The scrutinee of `if let`, `while let`, `match` and `for` lives as long as the expression.
    fn looked_at(&mut self, pattern: Option<&Pat>, value: &Expr) {
        if let Some(pattern) = pattern {
            self.visit_pat(pattern);
        }
        self.visit_expr(value);
        if let Some(at) = guard_of(value) {
            self.hold(pattern.and_then(bound_name), at);
        } else if let Some(at) = lock_within(value) {
            self.hold(None, at);
        }
    }

    /// Of `if` and `while`; the temporaries of a plain condition end with it.
    fn condition(&mut self, condition: &Expr) {
        match condition {
            Expr::Let(condition) => self.looked_at(Some(&condition.pat), &condition.expr),
            condition => self.within(|this| this.visit_expr(condition)),
        }
    }
}

impl<'ast> Visit<'ast> for Walker<'_> {
    fn visit_block(&mut self, block: &'ast Block) {
        self.within(|this| visit::visit_block(this, block));
    }

    fn visit_local(&mut self, local: &'ast Local) {
        let Some(init) = &local.init else { return };
        self.within(|this| this.visit_expr(&init.expr));
        if let Some((_, diverge)) = &init.diverge {
            self.visit_expr(diverge);
        }
        match guard_of(&init.expr) {
            Some(at) => {
                let name = bound_name(&local.pat);
                // `let _ = lock()` releases the lock immediately.
                if name.is_some() {
                    self.hold(name, at);
                }
            }
            // `let guard = guard;`.
            None => self.moved(&init.expr),
        }
        self.visit_pat(&local.pat);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        self.visit_expr(&call.receiver);
        let name = call.method.to_string();
        self.mention(Named::Method, &call.method);
        if let Some(turbofish) = &call.turbofish {
            // `add_class::<Name>()`.
            for argument in &turbofish.args {
                if let syn::GenericArgument::Type(ty) = argument {
                    self.mentioned.extend(Ty::of(ty).parts().iter().map(|part| part.name.clone()));
                    self.visit_type(ty);
                }
            }
        }
        let is_token = matches!(&*call.receiver, Expr::Path(path) if path.path.is_ident("py"));
        let what = calls::of_method(&name, call.args.len(), is_token).filter(|what| match what {
            // `py.detach(…)` takes a closure; other methods may be called `detach` too.
            What::Detach => matches!(call.args.first(), Some(Expr::Closure(_) | Expr::Path(_))),
            What::Lock => false,
            _ => true,
        });
        self.within(|this| {
            // A lock taken by the receiver lives to the end of the statement.
            if let Some(at) = lock_within(&call.receiver) {
                if guard_of(&call.receiver).is_none() || !is_unwrap(&name) {
                    this.hold(None, at);
                }
            }
            // A lock is poisoned only by a panic.
            let is_of_lock = what == Some(What::Unwraps) && guard_of(&call.receiver).is_some();
            if let Some(what) = what.filter(|_| !is_of_lock) {
                this.event(what, at(call.method.span()), name.clone());
            } else if let ("clone" | "to_vec" | "to_owned", Expr::Field(field)) = (name.as_str(), &*call.receiver) {
                if let (Expr::Path(path), syn::Member::Named(field)) = (&*field.base, &field.member) {
                    if path.path.is_ident("self") {
                        this.event(What::Clones, at(call.span()), field.to_string());
                    }
                }
            }
            let how = if is_parallel(&call.receiver) { Some(What::Rayon) } else { what };
            this.arguments(how, &call.args);
        });
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        let Expr::Path(function) = &*call.func else {
            visit::visit_expr_call(self, call);
            return;
        };
        self.visit_path(&function.path);
        let path = self.imports.whole(&function.path);
        let place = at(function.path.segments.last().map_or_else(|| call.span(), |segment| segment.ident.span()));
        if let Some(raised) = raised(&path, &function.path) {
            self.event(What::Raises, place, raised);
            self.arguments(None, &call.args);
            return;
        }
        // A function that Rust also calls is meant for Rust.
        if let Some(name) = function.path.segments.last() {
            self.mentioned.insert(name.ident.to_string());
        }
        let what = calls::of_path(&path);
        if let Some(what) = what {
            self.event(what, place, path);
        }
        self.arguments(what, &call.args);
        // `drop(guard)`, and a guard that is passed on.
        call.args.iter().for_each(|argument| self.moved(argument));
    }

    fn visit_expr_async(&mut self, block: &'ast ExprAsync) {
        let (state, held) = (self.state, self.held.clone());
        self.elsewhere();
        visit::visit_expr_async(self, block);
        self.state = state;
        self.held = held;
    }

    fn visit_expr_index(&mut self, index: &'ast ExprIndex) {
        self.event(What::Index, at(index.span()), name_of(&index.index).unwrap_or_default());
        visit::visit_expr_index(self, index);
    }

    fn visit_expr_loop(&mut self, endless: &'ast ExprLoop) {
        self.in_loop("loop", at(endless.loop_token.span), |this| this.visit_block(&endless.body));
    }

    fn visit_expr_while(&mut self, looping: &'ast ExprWhile) {
        self.in_loop("while", at(looping.while_token.span), |this| {
            this.condition(&looping.cond);
            this.visit_block(&looping.body);
        });
    }

    fn visit_expr_for_loop(&mut self, looping: &'ast ExprForLoop) {
        self.within(|this| {
            this.visit_pat(&looping.pat);
            this.looked_at(None, &looping.expr);
            this.in_loop("for", at(looping.for_token.span), |this| this.visit_block(&looping.body));
        });
    }

    fn visit_expr_match(&mut self, matching: &'ast ExprMatch) {
        self.within(|this| {
            this.looked_at(matching.arms.first().map(|arm| &arm.pat), &matching.expr);
            matching.arms.iter().for_each(|arm| this.visit_arm(arm));
        });
    }

    fn visit_expr_if(&mut self, conditional: &'ast ExprIf) {
        self.within(|this| {
            this.condition(&conditional.cond);
            this.visit_block(&conditional.then_branch);
            if let Some((_, other)) = &conditional.else_branch {
                this.visit_expr(other);
            }
        });
    }

    fn visit_path(&mut self, path: &'ast Path) {
        if self.may_be_pyo3s(path) {
            for segment in &path.segments {
                self.mention(Named::Path, &segment.ident);
            }
        }
        // `m.add("X", X::type_object(py))`.
        let mut parts = path.segments.iter().rev();
        if let (Some(last), Some(class)) = (parts.next(), parts.next()) {
            if last.ident.to_string().starts_with("type_object") {
                self.mentioned.insert(class.ident.to_string());
            }
        }
        visit::visit_path(self, path);
    }

    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        self.bound.insert(pattern.ident.to_string());
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_type_ptr(&mut self, _: &'ast syn::TypePtr) {}

    fn visit_macro(&mut self, call: &'ast Macro) {
        words(call.tokens.clone(), &mut self.mentioned);
        let Some(last) = call.path.segments.last() else { return };
        self.mention(Named::Macro, &last.ident);
        let name = last.ident.to_string();
        if let Some(what) = calls::of_macro(&name) {
            self.event(what, at(last.ident.span()), name);
        }
        // Tokens that parse as arguments are read as arguments: format!, vec!, assert!.
        let arguments = call.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
        for argument in arguments.iter().flatten() {
            // Their temporaries end with the macro.
            self.within(|this| this.visit_expr(argument));
        }
    }

    /// Items inside a function are handled separately.
    fn visit_item(&mut self, _: &'ast Item) {}
}

/// The type of the exception created by `PyValueError::new_err(…)` or `PyErr::new::<PyValueError, _>(…)`.
fn raised(whole: &str, path: &Path) -> Option<String> {
    let mut parts = whole.rsplit("::");
    let (last, before) = (parts.next()?, parts.next()?);
    if last == "new_err" {
        return Some(before.to_owned());
    }
    if (before, last) != ("PyErr", "new") {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else { return None };
    match arguments.args.first()? {
        syn::GenericArgument::Type(ty) => Some(Ty::of(ty).name),
        _ => None,
    }
}
