//! The body of a function → its events in order, each with the locks held and the attachment state at that point.
//!
//! There are no types here: a lock is recognized by its name. A closure is assumed to run where it is written, except
//! for closures that are known to run elsewhere (`spawn`) or in another state (`detach`, `attach`, rayon).

use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    BinOp, Block, Expr, ExprAssign, ExprAsync, ExprBinary, ExprCall, ExprField, ExprForLoop, ExprIf, ExprIndex,
    ExprLoop, ExprMatch, ExprMethodCall, ExprPath, ExprReference, ExprWhile, Item, Local, Macro, Pat, Path,
    PathArguments, Stmt, Token, TypePath,
};

use crate::finding::Edit;
use crate::source::attributes::Attributes;
use crate::source::calls::{self, Named, What};
use crate::source::closures;
use crate::source::errors::{self, drops_error};
use crate::source::guards::{self, guard_of, guarded_call, lock_within};
use crate::source::items::{at, words};
use crate::source::mutation::{changes, compared_name, is_assignment, is_narrower};
use crate::source::panics::{self, INTERNAL};
use crate::source::renames::{self, Standing};
use crate::source::scopes::keeps;
use crate::source::subject::{Subject, is_self};
use crate::source::values::{bound_name, ends_waiting_chain, is_parallel, is_type_object, is_unwrap, name_of};
use crate::source::walker::{State, Walker};
use crate::source::{Ty, lazy_static, lent_text, upgrades};

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
        let Some(init) = &local.init else { return };
        let subject = match &local.pat {
            Pat::Type(typed) => Subject::Ty(Ty::of(&typed.ty)),
            _ => self.subject(&init.expr),
        };
        if let (Subject::Ty(ty), Some(call)) = (&subject, lent_text::extract_of(&init.expr)) {
            if ty.is_str() {
                self.note(Named::Text, "extract::<&str>".to_owned(), at(call.method.span()), None);
            }
        }
        let runs = bound_name(&local.pat).and_then(|name| self.closures.get(&name).copied());
        match runs.filter(|_| matches!(&*init.expr, Expr::Closure(_))) {
            Some(runs) => self.closure(&init.expr, runs),
            None => self.within(|this| this.visit_expr(&init.expr)),
        }
        if matches!(local.pat, Pat::Wild(_)) {
            self.dropped_error(&init.expr);
        }
        if let Some((_, diverge)) = &init.diverge {
            self.visit_expr(diverge);
        }
        match guard_of(&init.expr) {
            Some(taken) => {
                let name = bound_name(&local.pat);
                // `let _ = lock()` releases the lock immediately.
                if name.is_some() {
                    self.hold(name, &taken);
                }
            }
            None if self.borrows_object(&local.pat, &init.expr) => {}
            None => match (guards::mapped(&init.expr), guarded_call(&init.expr), bound_name(&local.pat)) {
                (Some(old), _, Some(new)) => self.renamed_guard(&old, &new),
                (None, Some((function, receiver, at)), Some(name)) => {
                    self.hold_result(Some(name), function.to_string(), receiver, at);
                }
                _ => {
                    self.hold_each(&local.pat, &init.expr);
                    // `let guard = guard;`.
                    self.moved(&init.expr);
                }
            },
        }
        self.visit_pat(&local.pat);
        if let Some(name) = bound_name(&local.pat) {
            self.derive(&name, &init.expr);
            self.known.insert(name, subject);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let name = call.method.to_string();
        if is_self(&call.receiver) {
            self.touched.insert("self".to_owned());
            self.event(What::Calls, at(call.method.span()), format!("self::{name}"));
        } else {
            self.visit_expr(&call.receiver);
            if changes(&name) {
                self.change(&call.receiver);
            }
        }
        self.note_object_use(call, &name);
        self.note_refusal(call, &name);
        let is_token = self.is_token(&call.receiver);
        if is_token || !calls::is_of_token(&name) {
            let edit = calls::replacement(&name, Named::Method, &at(call.method.span()));
            self.mention(Named::Method, &call.method, edit);
        }
        if let Some(change) = upgrades::of_method(&name, is_token, self.takes_token_first(&call.args)) {
            let place = at(call.method.span());
            // Only the name changes.
            let edit = is_token.then(|| Edit { range: place.range.clone(), text: change.instead.to_owned() });
            self.note(Named::Changed, change.name.to_owned(), place, edit);
        }
        if drops_error(&name) {
            self.dropped_error(&call.receiver);
        }
        if let Some(text) = lent_text::of(call, &name, &self.subject(&call.receiver)) {
            self.note(Named::Text, text.to_owned(), at(call.method.span()), None);
        }
        if let Some(turbofish) = &call.turbofish {
            // `add_class::<Name>()`.
            for argument in &turbofish.args {
                if let syn::GenericArgument::Type(ty) = argument {
                    self.mentioned.extend(Ty::of(ty).parts().iter().map(|part| part.name.clone()));
                    self.visit_type(ty);
                }
            }
        }
        let what = calls::of_method(&name, call.args.len(), is_token);
        let what = what
            .or_else(|| calls::of_method_with_token(&name).filter(|_| self.takes_token_first(&call.args)))
            .or_else(|| self.waits_with_guard(call).then_some(What::Waits))
            .or_else(|| self.is_of_any_object(&call.receiver, &name, call.args.len()).then_some(What::Attribute));
        let what =
            what.or_else(|| ends_waiting_chain(call, &name, self.imports).then_some(What::Waits)).filter(|what| {
                match what {
                    // `py.detach(…)` takes a closure; other methods may be called `detach` too.
                    What::Detach => matches!(call.args.first(), Some(Expr::Closure(_) | Expr::Path(_))),
                    What::Lock => false,
                    What::Attribute => !is_type_object(&call.receiver),
                    // `ThreadPool::install`; other types have a method of this name too.
                    What::Rayon if name == "install" => matches!(call.args.first(), Some(Expr::Closure(_))),
                    _ => true,
                }
            });
        self.within(|this| {
            // A lock taken by the receiver lives to the end of the statement.
            if let Some(taken) = lock_within(&call.receiver) {
                if guard_of(&call.receiver).is_none() || !is_unwrap(&name) {
                    this.hold(None, &taken);
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
            } else if name == "clone" {
                match this.subject(&call.receiver) {
                    Subject::Ty(ty) if ty.is_object() => {
                        this.event(What::ClonesObject, at(call.span()), name_of(&call.receiver).unwrap_or_default());
                    }
                    // `let callback = &self.callback;`
                    Subject::OwnField(field) => this.event(What::Clones, at(call.span()), field),
                    _ => {}
                }
            }
            if what.is_none() && !is_token && !is_self(&call.receiver) {
                if let Some(path) = this.method_of(&call.receiver, &call.method) {
                    this.event(What::Calls, at(call.method.span()), path);
                }
            }
            if what.is_none() {
                this.hold_if_locked_by(&call.method, &call.args);
            }
            let how = match what {
                _ if is_parallel(&call.receiver) => Some(What::Rayon),
                None if keeps(&name, &call.args) => Some(What::Spawn),
                what => what,
            };
            let state = this.state;
            if is_token && what.is_none() {
                // A method of an extension trait may detach.
                this.state = State::Unknown;
            }
            this.arguments(how, &call.args);
            this.state = state;
        });
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        let Expr::Path(function) = &*call.func else {
            visit::visit_expr_call(self, call);
            return;
        };
        let standing = std::mem::replace(&mut self.standing, Standing::Value);
        self.visit_path(&function.path);
        self.standing = standing;
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
            self.makes(&function.path);
            self.passes(&name.ident, &call.args);
        }
        let what = calls::of_path(&path);
        match what {
            Some(what) => self.event(what, place, path),
            None if matches!(path.as_str(), "drop" | "std::mem::drop") => self.dropped(place, call.args.first()),
            // A variable may be a closure.
            None if is_function(&path) && !self.bound.contains(&path) => self.event(What::Calls, place, path),
            None => {}
        }
        let state = self.state;
        let takes_token = call.args.iter().any(|argument| self.is_token(argument));
        if what.is_none() && takes_token && call.args.iter().any(|argument| matches!(argument, Expr::Closure(_))) {
            // `without_gil(py, || …)` may detach.
            self.state = State::Unknown;
        }
        let held = self.held.len();
        if let (None, Some(last)) = (what, function.path.segments.last()) {
            self.hold_if_locked_by(&last.ident, &call.args);
        }
        let is_kept = || function.path.segments.last().is_some_and(|name| keeps(&name.ident.to_string(), &call.args));
        self.arguments(what.or_else(|| is_kept().then_some(What::Spawn)), &call.args);
        self.state = state;
        self.held.truncate(held);
        // `drop(guard)`, and a guard that is passed on.
        call.args.iter().for_each(|argument| self.moved(argument));
    }

    fn visit_expr_async(&mut self, block: &'ast ExprAsync) {
        let (state, held, is_here) = (self.state, self.held.clone(), self.is_here);
        self.elsewhere();
        visit::visit_expr_async(self, block);
        (self.state, self.held, self.is_here) = (state, held, is_here);
    }

    fn visit_expr_try(&mut self, tried: &'ast syn::ExprTry) {
        self.note_cast(&tried.expr);
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
        self.event(What::Index, at(index.span()), name_of(&index.index).unwrap_or_default());
        visit::visit_expr_index(self, index);
    }

    fn visit_expr_loop(&mut self, endless: &'ast ExprLoop) {
        self.in_loop("loop", at(endless.loop_token.span), |this| this.visit_block(&endless.body));
    }

    fn visit_expr_while(&mut self, looping: &'ast ExprWhile) {
        // A loop that counts ends by itself; one that runs until a condition holds may not.
        let keyword = match &*looping.cond {
            Expr::Binary(ExprBinary { op: BinOp::Ne(_), .. }) | Expr::Lit(_) => "while-not",
            _ => "while",
        };
        self.in_loop(keyword, at(looping.while_token.span), |this| {
            this.condition(&looping.cond);
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
            if matching.arms.iter().any(errors::is_arm_without_error) {
                this.dropped_error(&matching.expr);
            }
            this.looked_at(matching.arms.first().map(|arm| &arm.pat), &matching.expr);
            matching.arms.iter().for_each(|arm| this.visit_arm(arm));
        });
    }

    fn visit_expr_if(&mut self, conditional: &'ast ExprIf) {
        self.within(|this| {
            let held = this.held.clone();
            this.condition(&conditional.cond);
            this.visit_block(&conditional.then_branch);
            if this.is_2024 {
                this.held = held;
            }
            if let Some((_, other)) = &conditional.else_branch {
                this.visit_expr(other);
            }
        });
    }

    fn visit_path(&mut self, path: &'ast Path) {
        if self.may_be_pyo3s(path) {
            let mut before: Option<&syn::Ident> = None;
            for segment in &path.segments {
                // `with_gil` and similar names are functions of `Python`.
                let is_pyo3s =
                    !calls::is_of_token(&segment.ident.to_string()) || before.is_some_and(|ident| ident == "Python");
                if is_pyo3s {
                    let edit = renames::of_path(path, segment, self.standing, self.imports);
                    self.mention(Named::Path, &segment.ident, edit);
                }
                before = Some(&segment.ident);
            }
        }
        if let (Some(change), Some(last)) = (upgrades::of_path(&self.imports.whole(path)), path.segments.last()) {
            self.note(Named::Changed, change.name.to_owned(), at(last.ident.span()), None);
        }
        if let Some(last) = path.segments.last().filter(|last| last.ident == "PyRefMut") {
            if let PathArguments::AngleBracketed(arguments) = &last.arguments {
                let types = arguments.args.iter().filter_map(|argument| match argument {
                    syn::GenericArgument::Type(ty) => Some(Ty::of(ty).name),
                    _ => None,
                });
                self.borrowed_mutably.extend(types);
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
        let name = pattern.ident.to_string();
        self.known.remove(&name);
        self.bound.insert(name);
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_type_ptr(&mut self, _: &'ast syn::TypePtr) {}

    fn visit_macro(&mut self, call: &'ast Macro) {
        words(call.tokens.clone(), &mut self.mentioned);
        let Some(last) = call.path.segments.last() else { return };
        let name = last.ident.to_string();
        let edit = calls::replacement(&name, Named::Macro, &at(last.ident.span()));
        self.mention(Named::Macro, &last.ident, edit);
        if name == "lazy_static" {
            lazy_static::values(call).iter().for_each(|value| self.once(value));
            return;
        }
        if self.is_log(call, &name) {
            self.event(What::Logs, at(last.ident.span()), format!("{name}!"));
        }
        // Tokens that parse as arguments are read as arguments: format!, vec!, assert!.
        let arguments = call.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
        if let Some(what) = calls::of_macro(&name) {
            let is_internal = arguments.as_ref().is_ok_and(|arguments| panics::is_internal(&name, arguments));
            self.event(what, at(last.ident.span()), if is_internal { INTERNAL } else { &name });
        }
        if arguments.is_err() {
            let mut names = std::collections::BTreeSet::new();
            words(call.tokens.clone(), &mut names);
            self.needs_exclusive |= names.contains("self");
        }
        if let Some(shown) = arguments.as_ref().ok().and_then(|arguments| self.shown_object(&name, arguments)) {
            self.event(What::Attribute, at(last.ident.span()), format!("{name}! of {shown}"));
        }
        for argument in arguments.iter().flatten() {
            // Their temporaries end with the macro.
            self.within(|this| this.visit_expr(argument));
        }
    }

    /// Items inside a function are handled separately.
    fn visit_item(&mut self, _: &'ast Item) {}
}

/// Whether a name is written like that of a static or a constant.
fn is_of_static(name: &str) -> bool {
    name.contains(char::is_uppercase) && !name.contains(char::is_lowercase)
}

/// Whether a path names a function, by its case; not a variant or a tuple struct.
fn is_function(path: &str) -> bool {
    path.rsplit("::").next().is_some_and(|name| name.starts_with(|c: char| c.is_lowercase() || c == '_'))
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
