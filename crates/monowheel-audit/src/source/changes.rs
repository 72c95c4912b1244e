//! Uses of what newer versions of `PyO3` replaced, changed or removed: `old_names.tsv` and `upgrades.tsv`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{
    Expr, ExprMethodCall, GenericArgument, Pat, Path, PathArguments, PathSegment, TraitBound, Type, TypeReference,
};

use crate::finding::Edit;
use crate::source::calls::Named;
use crate::source::names::at;
use crate::source::subject::Subject;
use crate::source::walker::{State, Walker};
use crate::source::{Mention, Ty, old_name, old_names, upgrades};

impl Walker<'_> {
    /// `receiver.method(…)`, if the method is an old one.
    pub(super) fn note_old(&mut self, call: &ExprMethodCall, name: &str, is_token: bool) {
        let has_token = self.takes_token_first(&call.args);
        let place = at(call.method.span());
        // `error.get_type_bound(py)` and `py.get_type_bound::<Class>()`.
        if is_token || has_token && name == "get_type_bound" || !old_names::is_of_token(name) {
            let edit = old_names::replacement(name, Named::Method, &place, || self.is_for_pyo3s_type(call));
            self.mention(Named::Method, &call.method, edit);
        }
        let is_type = || self.subject(&call.receiver) == Subject::Returned("get_type".to_owned());
        if let Some(change) = upgrades::of_method(name, is_token, has_token, is_type) {
            let edit = change.is_rename.then(|| Edit { range: place.range.clone(), text: change.instead.to_owned() });
            self.note(Named::Changed, change.name.to_owned(), place, edit);
        }
    }

    /// `object.iter()?`: iterators of Rust cannot fail, so this is one of an object, or of something that is not known.
    pub(super) fn note_tried(&mut self, value: &Expr) {
        let Expr::MethodCall(call) = value else { return };
        let name = call.method.to_string();
        let Some(change) = upgrades::of_tried(&name).filter(|_| call.args.is_empty()) else { return };
        let is_sure = self.is_any_object(&call.receiver);
        if is_sure || self.state == State::Attached {
            let place = at(call.method.span());
            let edit = is_sure.then(|| Edit { range: place.range.clone(), text: change.instead.to_owned() });
            self.note(Named::Changed, change.name.to_owned(), place, edit);
        }
    }

    /// Whether the type in `receiver.downcast::<PyString>()` is one of `PyO3`, or that of the variable for the result.
    fn is_for_pyo3s_type(&self, call: &ExprMethodCall) -> bool {
        // With a token it is that of `Py`, which returns something else now.
        if !call.args.is_empty() && !call.method.to_string().contains("_bound") {
            return false;
        }
        match call.turbofish.as_ref().map(|types| types.args.first()) {
            None => self.binds_object,
            Some(Some(GenericArgument::Type(Type::Path(ty)))) => self.is_of_python(&ty.path),
            Some(_) => false,
        }
    }

    /// Whether a pattern states that it is an object of a type of `PyO3`: `object: &Bound<'_, PyDict>`.
    pub(super) fn is_typed_as_object(&self, pattern: &Pat) -> bool {
        let Pat::Type(typed) = pattern else { return false };
        let ty = Ty::of(&typed.ty);
        let is_object = matches!(ty.bare().name.as_str(), "Bound" | "Borrowed") && self.imports.may_be_pyo3s("Bound");
        is_object && ty.bare().args.first().is_some_and(|inner| upgrades::is_type_of_objects(&inner.name))
    }

    /// Whether a type is that of objects of Python: `PyDict`, `types::PyDict`.
    fn is_of_python(&self, path: &Path) -> bool {
        let last = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        upgrades::is_type_of_objects(&last) && self.may_be_pyo3s(path)
            || self.imports.whole(path).starts_with("numpy::") && last.starts_with("PyArray") && !last.contains("Like")
    }

    /// A path to an item that changed, which may be imported with all others: `use pyo3::types::*`.
    pub(super) fn note_changed(&mut self, path: &Path) {
        let Some(last) = path.segments.last() else { return };
        let whole = self.imports.whole(path);
        let of = |whole: &str| upgrades::of_path(whole).or_else(|| upgrades::of_ffi(whole));
        let change = of(&whole).or_else(|| {
            let is_known = || path.segments.iter().any(|part| upgrades::is_last(&part.ident.to_string()));
            let mut globs = self.imports.pyo3s_globs().filter(|_| is_known());
            globs.find_map(|glob| of(&format!("{glob}::{whole}")))
        });
        if let Some(change) = change {
            self.note(Named::Changed, change.name.to_owned(), at(last.ident.span()), None);
        }
    }

    /// `&PyDict`: such references exist only together with a pool of objects.
    pub(super) fn note_gil_reference(&mut self, reference: &TypeReference) {
        if let Type::Path(ty) = &*reference.elem {
            if let Some(last) = ty.path.segments.last().filter(|_| self.is_of_python(&ty.path)) {
                self.note(Named::Changed, upgrades::GIL_REFERENCE.to_owned(), at(last.ident.span()), None);
            }
        }
    }

    /// `T: FromPyObject<'py>`, which has two lifetimes now.
    pub(super) fn note_bound(&mut self, bound: &TraitBound) {
        let has_one =
            |last: &PathSegment| matches!(&last.arguments, PathArguments::AngleBracketed(all) if all.args.len() == 1);
        if let Some(last) = bound.path.segments.last().filter(|last| last.ident == "FromPyObject" && has_one(last)) {
            self.note(Named::Changed, "FromPyObject".to_owned(), at(last.ident.span()), None);
        }
    }
}

/// The old names in some tokens whose meaning is not known: in the definition of a macro, or in a call that does not parse.
pub(super) fn in_tokens(tokens: TokenStream, found: &mut Vec<Mention>) {
    let mut before: Option<char> = None;
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        before = match token {
            // `&'py PyAny`: what is before the lifetime counts.
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                tokens.next();
                before
            }
            TokenTree::Punct(punct) => Some(punct.as_char()),
            TokenTree::Ident(ident) => {
                found.extend(in_token(&ident, before));
                None
            }
            TokenTree::Group(group) => {
                in_tokens(group.stream(), found);
                None
            }
            TokenTree::Literal(_) => None,
        };
    }
}

/// The old name that a word may be after this character.
fn in_token(ident: &Ident, before: Option<char>) -> Option<Mention> {
    let text = ident.to_string();
    let is_old = match before {
        Some('.') => old_name(&text, Named::Method).is_some(),
        _ => [Named::Path, Named::Macro].into_iter().any(|form| old_name(&text, form).is_some()),
    };
    let (what, text) = match before == Some('&') && upgrades::is_type_of_objects(&text) {
        true => (Named::Changed, upgrades::GIL_REFERENCE.to_owned()),
        false if is_old => (Named::Unsure, text),
        false => return None,
    };
    Some(Mention { what, text, at: at(ident.span()), is_conditional: false, edit: None })
}
