//! Calls of functions by their path, paths as such, and macros.

use std::collections::BTreeSet;

use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprCall, ExprLit, Lit, Macro, Path, PathArguments, Stmt, Token};

use crate::source::calls::{self, Named, What};
use crate::source::names::{at, words};
use crate::source::panics::{self, INTERNAL};
use crate::source::renames::{self, Standing};
use crate::source::scopes::keeps;
use crate::source::values::name_of;
use crate::source::walker::{State, Walker};
use crate::source::{At, Ty, changes, lazy_static, old_names, own_macros, process_wide, upgrades};

impl Walker<'_> {
    /// `path(…)`, and calls of other values.
    pub(super) fn function_call(&mut self, call: &ExprCall) {
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
            self.arguments(None, "", &call.args);
            return;
        }
        // A function that Rust also calls is meant for Rust.
        if let Some(name) = function.path.segments.last() {
            self.mentioned.insert(name.ident.to_string());
            self.makes(&function.path);
            self.passes(&name.ident, &call.args);
        }
        let what = calls::of_path(&path);
        if path.ends_with("Duration::from_secs_f64") || path.ends_with("Duration::from_secs_f32") {
            if let Some(seconds) = call.args.first().and_then(name_of) {
                self.event(What::Seconds, place.clone(), seconds);
            }
        }
        if process_wide::inits_logger(&path) {
            self.event(What::InitsLogger, place.clone(), path.clone());
        }
        if process_wide::takes_interrupt(call, &path) {
            self.event(What::TakesInterrupt, place.clone(), path.clone());
        }
        if let Some(name) = function.path.segments.last() {
            self.misowned(call, &name.ident.to_string());
        }
        if needs_event_loop(&path) {
            self.event(What::NeedsLoop, place.clone(), path.clone());
        }
        if path.ends_with("PyModule::new") || path.ends_with("PyModule::new_bound") {
            if let Some(name) = call.args.last().and_then(text_of).filter(|name| name.contains('.')) {
                self.event(What::DottedModule, place.clone(), name);
            }
        }
        match what {
            Some(what) => self.event(what, place, path),
            None if matches!(path.as_str(), "drop" | "std::mem::drop") => self.dropped(place, call.args.first()),
            // A variable may be a closure.
            None if is_function(&path) && !self.bound.contains(&path) => self.event(What::Calls, place, path),
            None if !self.held.is_empty() => self.runs_closure(&path, place),
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
        let called = function.path.segments.last().map(|name| name.ident.to_string()).unwrap_or_default();
        self.arguments(what.or_else(|| is_kept().then_some(What::Spawn)), &called, &call.args);
        self.state = state;
        self.held.truncate(held);
        // `drop(guard)`, and a guard that is passed on.
        call.args.iter().for_each(|argument| self.moved(argument));
    }

    /// The value that a macro of the file expands to, if that is an expression, and the place of the call.
    pub(super) fn value_of_macro(&self, value: &Expr) -> Option<(Expr, At)> {
        let Expr::Macro(call) = value else { return None };
        match <[Stmt; 1]>::try_from(self.expansion(&call.mac)?.stmts) {
            Ok([Stmt::Expr(value, None)]) => Some((value, place_of(&call.mac)?)),
            _ => None,
        }
    }

    /// What a macro of the file expands to.
    fn expansion(&self, call: &Macro) -> Option<Block> {
        (self.in_macros < own_macros::DEEPEST).then(|| self.imports.macros.expand(call, self.budget)).flatten()
    }

    /// Looks at what a macro expands to. Names in its definition are not at the place of the call, and are not edited.
    pub(super) fn in_macro(&mut self, place: &At, look: impl FnOnce(&mut Self)) {
        let before = self.names.len();
        self.in_macros += 1;
        look(self);
        self.in_macros -= 1;
        let names = self.names.split_off(before);
        self.names.extend(names.into_iter().filter(|name| name.at.range != place.range));
    }

    /// A path: names that rules need.
    pub(super) fn note_names(&mut self, path: &Path) {
        let mut before: Option<&syn::Ident> = None;
        let mut may_change = false;
        for (at, segment) in path.segments.iter().enumerate() {
            let name = segment.ident.to_string();
            // `with_gil` and similar names are functions of `Python`.
            let is_pyo3s = || {
                !old_names::is_of_token(&name) || before.is_some_and(|ident| ident == "Python" || ident == "PyModule")
            };
            if old_names::is_asked_for(&name, Named::Path) && is_pyo3s() && self.may_be_pyo3s(path) {
                let edit = renames::of_path(path, segment, self);
                self.mention(Named::Path, &segment.ident, edit);
            }
            may_change |= upgrades::is_last(&name) || at == 0 && self.imports.may_change(&name);
            before = Some(&segment.ident);
        }
        if may_change {
            self.note_changed(path);
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
    }

    /// `name!(…)`.
    pub(super) fn macro_call(&mut self, call: &Macro) {
        words(call.tokens.clone(), &mut self.mentioned);
        let Some(last) = call.path.segments.last() else { return };
        if let Some(block) = self.expansion(call) {
            self.in_macro(&at(last.ident.span()), |this| this.visit_block(&block));
            return;
        }
        let name = last.ident.to_string();
        let edit = old_names::replacement(&name, Named::Macro, &at(last.ident.span()), || false);
        self.mention(Named::Macro, &last.ident, edit);
        if name == "lazy_static" {
            lazy_static::values(call).iter().for_each(|value| self.once(value));
            return;
        }
        if self.waits_in_select(call) {
            self.event(What::Waits, at(last.ident.span()), format!("{name}!"));
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
            let mut names = BTreeSet::new();
            words(call.tokens.clone(), &mut names);
            self.needs_exclusive |= names.contains("self");
            changes::in_tokens(call.tokens.clone(), &mut self.names);
        }
        if let Some(shown) = arguments.as_ref().ok().and_then(|arguments| self.shown_object(&name, arguments)) {
            self.event(What::Attribute, at(last.ident.span()), format!("{name}! of {shown}"));
        }
        for argument in arguments.iter().flatten() {
            // Their temporaries end with the macro.
            self.within(|this| this.visit_expr(argument));
        }
    }
}

/// The place of a macro's name.
fn place_of(call: &Macro) -> Option<At> {
    Some(at(call.path.segments.last()?.ident.span()))
}

/// Whether a function of pyo3-async-runtimes needs the event loop that runs in the thread, or that the task has.
fn needs_event_loop(path: &str) -> bool {
    const NAMES: [&str; 4] = ["into_future", "future_into_py", "get_current_locals", "get_current_loop"];
    let is_of_it = path.starts_with("pyo3_async_runtimes::") || path.starts_with("pyo3_asyncio");
    is_of_it && path.rsplit("::").next().is_some_and(|last| NAMES.contains(&last))
}

/// The value of a string literal.
pub(super) fn text_of(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
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
