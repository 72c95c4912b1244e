//! What the origin of a value tells about its type: a field, a parameter, a constructor.

use std::collections::HashMap;

use syn::{Expr, GenericArgument, Member};

use crate::source::Ty;
use crate::source::imports::Imports;
use crate::source::values::{inner, is_unwrap, starts_with};

/// The origin of a value, as far as it tells the type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Subject {
    /// The type is written down.
    Ty(Ty),
    /// This field of `self`.
    OwnField(String),
    /// This field of some value.
    Field(String),
    /// The result of a function or method of this name.
    Returned(String),
    /// This static.
    Static(String),
    /// Not a value: the function of the crate that runs a closure.
    Runner,
    /// Unknown.
    #[default]
    Unknown,
}

/// The name of the type of a tokio runtime here: other types are called `Runtime` too.
const TOKIO_RUNTIME: &str = "tokio Runtime";

/// Methods that return the same value, or a reference to it.
const SAME: [&str; 8] = ["clone", "as_ref", "as_mut", "borrow", "deref", "to_owned", "iter", "unwrap_or_default"];

impl Subject {
    /// The origin of a value; `known` has the variables in scope.
    pub(super) fn of(expr: &Expr, known: &HashMap<String, Self>, imports: &Imports) -> Self {
        match expr {
            Expr::Reference(reference) => Self::of(&reference.expr, known, imports),
            Expr::Unary(unary) => Self::of(&unary.expr, known, imports),
            Expr::Index(index) => Self::of(&index.expr, known, imports),
            Expr::Field(field) => {
                let Member::Named(name) = &field.member else { return Self::Unknown };
                match is_self(&field.base) {
                    true => Self::OwnField(name.to_string()),
                    false => Self::Field(name.to_string()),
                }
            }
            Expr::Path(path) if path.path.is_ident("self") => Self::Ty(Ty { name: "Self".to_owned(), ..Ty::default() }),
            Expr::Path(path) => {
                let Some(name) = path.path.segments.last().map(|last| last.ident.to_string()) else {
                    return Self::Unknown;
                };
                let is_static = name.chars().all(|c| c.is_uppercase() || c.is_numeric() || c == '_');
                match known.get(&name) {
                    Some(known) if path.path.segments.len() == 1 => known.clone(),
                    _ if is_static => Self::Static(name),
                    // A struct without fields.
                    None if name.starts_with(char::is_uppercase) => Self::Ty(Ty { name, ..Ty::default() }),
                    _ => Self::Unknown,
                }
            }
            Expr::Struct(made) => match made.path.segments.last() {
                Some(last) => Self::Ty(Ty { name: last.ident.to_string(), ..Ty::default() }),
                None => Self::Unknown,
            },
            Expr::MethodCall(call) => {
                let name = call.method.to_string();
                if is_unwrap(&name) || SAME.contains(&name.as_str()) {
                    return Self::of(&call.receiver, known, imports);
                }
                if name.starts_with("cast") || name.starts_with("downcast") {
                    if let Some(GenericArgument::Type(ty)) =
                        call.turbofish.as_ref().and_then(|types| types.args.first())
                    {
                        return Self::Ty(Ty::made("Bound", vec![Ty::of(ty)]));
                    }
                }
                match name == "build" && starts_with(&call.receiver, "tokio::runtime::Builder", imports) {
                    true => runtime(),
                    false => Self::Returned(name),
                }
            }
            Expr::Call(call) => {
                let Expr::Path(function) = &*call.func else { return Self::Unknown };
                let whole = imports.whole(&function.path);
                if whole == "tokio::runtime::Runtime::new" {
                    return runtime();
                }
                let mut parts = function.path.segments.iter().rev();
                let (Some(last), before) = (parts.next(), parts.next()) else { return Self::Unknown };
                match before.map(|before| (before, before.ident.to_string())) {
                    // The type that they share is the one of interest.
                    Some((_, name)) if matches!(name.as_str(), "Arc" | "Rc" | "Box") => {
                        call.args.first().map_or(Self::Unknown, |value| Self::of(value, known, imports))
                    }
                    Some((_, name)) if name.starts_with(char::is_uppercase) => Self::Ty(Ty { name, ..Ty::default() }),
                    _ => Self::Returned(last.ident.to_string()),
                }
            }
            other => inner(other).map_or(Self::Unknown, |inner| Self::of(inner, known, imports)),
        }
    }

    /// Whether it is a runtime of tokio.
    pub(super) fn is_tokio_runtime(&self) -> bool {
        matches!(self, Self::Ty(ty) if ty.bare().name == TOKIO_RUNTIME)
    }

    /// Whether its type is known to be a token of the interpreter.
    pub(super) fn is_token(&self) -> bool {
        matches!(self, Self::Ty(ty) if ty.bare().name == "Python")
    }
}

fn runtime() -> Subject {
    Subject::Ty(Ty { name: TOKIO_RUNTIME.to_owned(), ..Ty::default() })
}

/// Whether a value is `self`.
pub(super) fn is_self(expr: &Expr) -> bool {
    match expr {
        Expr::Path(path) => path.path.is_ident("self"),
        Expr::Unary(unary) => is_self(&unary.expr),
        other => inner(other).is_some_and(is_self),
    }
}

/// Whether a place is in `self`: `self.a`, `self.a[0].b`, `*self.a`.
pub(super) fn is_of_self(expr: &Expr) -> bool {
    match expr {
        Expr::Field(field) => is_of_self(&field.base),
        Expr::Index(index) => is_of_self(&index.expr),
        Expr::Unary(unary) => is_of_self(&unary.expr),
        other => is_self(other),
    }
}
