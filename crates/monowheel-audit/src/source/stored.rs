//! What a function does with the objects that Python passes: which it stores in `self`, and which objects it calls.

use std::collections::BTreeSet;

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, ExprClosure, ExprMethodCall, ExprPath, ExprReference, Ident, Member, Path, Token};

use crate::source::subject::{Subject, is_of_self, is_self};
use crate::source::values::{inner, name_of};
use crate::source::walker::Walker;

impl Walker<'_> {
    /// A method call: `self.callbacks.push(callback)` stores, `self.callback.call0(py)` calls.
    pub(super) fn note_object_use(&mut self, call: &ExprMethodCall, name: &str) {
        if matches!(name, "call" | "call0" | "call1") {
            self.called.extend(self.field_of(&call.receiver));
        }
        self.takes |= name == "take" && call.args.is_empty() && self.is_in_self(&call.receiver);
        let is_storing = ["insert", "push", "set", "replace", "extend", "append", "store", "swap", "send"]
            .iter()
            .any(|word| name.contains(word));
        if is_storing && !call.args.is_empty() {
            self.stores(&call.receiver, &call.args);
        }
    }

    /// Notes that a place is changed, if it is in `self`.
    pub(super) fn change(&mut self, place: &Expr) {
        if is_of_self(place) {
            self.needs_exclusive = true;
            self.changed.extend(self.field_in_self(place));
        }
    }

    /// `Node { … }` and `Node(…)`, by the case of the name.
    pub(super) fn makes(&mut self, path: &Path) {
        let name = path.segments.last().map(|last| last.ident.to_string());
        self.made.extend(name.filter(|name| name.starts_with(char::is_uppercase)));
    }

    /// `convert(value, self.callback.as_ref())`, `check(&value)`.
    pub(super) fn passes(&mut self, function: &Ident, arguments: &Punctuated<Expr, Token![,]>) {
        for (at, argument) in arguments.iter().enumerate() {
            let variable = || match argument {
                Expr::Reference(reference) => name_of(&reference.expr),
                other => name_of(other),
            };
            let passed = match argument {
                // `Some(&self.callback)`.
                Expr::Call(call) if call.args.len() == 1 => call.args.first().unwrap_or(argument),
                other => other,
            };
            let name = self.field_in_self(passed).or_else(variable);
            self.passed.extend(name.map(|name| (function.to_string(), at, name)));
        }
    }

    /// Records the variables that are stored in a place, if that is in `self`.
    pub(super) fn stores<'e>(&mut self, place: &Expr, values: impl IntoIterator<Item = &'e Expr>) {
        if self.is_in_self(place) {
            let mut names = Names::default();
            values.into_iter().for_each(|value| names.visit_expr(value));
            let field = self.field_in_self(place).unwrap_or_default();
            for name in names.found {
                let origin = self.origins.get(&name).cloned();
                self.stored.extend(origin.into_iter().chain([name]).map(|name| (name, field.clone())));
            }
        }
    }

    /// `let callback = callback.unbind();`
    pub(super) fn derive(&mut self, name: &str, value: &Expr) {
        self.takes_from_field(name, value);
        if let Some(from) = base(value).and_then(name_of) {
            let from = self.origins.get(&from).cloned().unwrap_or(from);
            self.origins.insert(name.to_owned(), from);
        }
    }

    /// `if let Some(callback) = self.callback.as_ref()`.
    pub(super) fn takes_from_field(&mut self, name: &str, value: &Expr) {
        if let Some(field) = self.field_of(value).filter(|field| field != name) {
            self.fields.insert(name.to_owned(), field);
        }
    }

    /// Whether a place is in `self`: in a field of it, in a `PyRefMut`, or in a lock of it.
    fn is_in_self(&self, place: &Expr) -> bool {
        let Some(base) = base(place) else { return false };
        is_self(base)
            || name_of(base).is_some_and(|name| {
                let is_borrowed = |subject: &Subject| matches!(subject, Subject::Ty(ty) if ty.name == "PyRefMut");
                self.inside.contains_key(&name) || self.known.get(&name).is_some_and(is_borrowed)
            })
    }

    /// The field of `self` that a place is in, also by the guard of its lock.
    pub(super) fn field_in_self(&self, place: &Expr) -> Option<String> {
        match place {
            Expr::Field(field) if is_self(&field.base) => match &field.member {
                Member::Named(name) => Some(name.to_string()),
                Member::Unnamed(_) => None,
            },
            Expr::Field(field) => self.field_in_self(&field.base),
            Expr::Index(index) => self.field_in_self(&index.expr),
            Expr::MethodCall(call) => self.field_in_self(&call.receiver),
            Expr::Reference(reference) => self.field_in_self(&reference.expr),
            Expr::Unary(unary) => self.field_in_self(&unary.expr),
            Expr::Path(_) => match self.inside.get(&name_of(place)?)? {
                Subject::OwnField(field) => Some(field.clone()),
                _ => None,
            },
            other => self.field_in_self(inner(other)?),
        }
    }

    /// The field, or else the variable, that a value is taken from: `callback` of `self.callback.bind(py)`.
    fn field_of(&self, expr: &Expr) -> Option<String> {
        match expr {
            Expr::Field(field) => match &field.member {
                Member::Named(name) => Some(name.to_string()),
                Member::Unnamed(_) if is_self(&field.base) => Some(String::new()),
                Member::Unnamed(_) => self.field_of(&field.base),
            },
            Expr::MethodCall(call) => self.field_of(&call.receiver),
            Expr::Index(index) => self.field_of(&index.expr),
            Expr::Reference(reference) => self.field_of(&reference.expr),
            Expr::Unary(unary) => self.field_of(&unary.expr),
            Expr::Path(_) => {
                let name = name_of(expr)?;
                Some(self.fields.get(&name).cloned().unwrap_or(name))
            }
            other => self.field_of(inner(other)?),
        }
    }
}

/// The first part of a chain of fields and calls.
pub(super) fn base(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Path(_) => Some(expr),
        Expr::Field(field) => base(&field.base),
        Expr::Index(index) => base(&index.expr),
        Expr::MethodCall(call) => base(&call.receiver),
        Expr::Reference(reference) => base(&reference.expr),
        Expr::Unary(unary) => base(&unary.expr),
        other => base(inner(other)?),
    }
}

/// The variables whose values are part of a value.
#[derive(Default)]
struct Names {
    found: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Names {
    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        self.found.extend(path.path.get_ident().map(ToString::to_string));
        visit::visit_expr_path(self, path);
    }

    /// Not of `buffer.len()`, which is a value of its own.
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let is_same = ["unbind", "into", "into_any", "as_any", "clone", "clone_ref", "to_owned", "unwrap", "expect"];
        if is_same.iter().any(|name| call.method == name) {
            self.visit_expr(&call.receiver);
        }
        call.args.iter().for_each(|argument| self.visit_expr(argument));
    }

    fn visit_expr_reference(&mut self, _: &'ast ExprReference) {}

    fn visit_expr_closure(&mut self, _: &'ast ExprClosure) {}
}
