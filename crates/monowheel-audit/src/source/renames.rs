//! Edits that replace a deprecated name of `PyO3`, so that the file keeps its meaning and still parses.

use proc_macro2::TokenTree;
use syn::{Path, PathSegment};

use crate::finding::Edit;
use crate::source::calls::{Named, old_name};
use crate::source::imports::Imports;
use crate::source::names::at;
use crate::source::{File, Mention};

/// What a path refers to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Standing {
    /// A type.
    Type,
    /// A value, or a function.
    Value,
    /// Anything else: a trait, a macro.
    #[default]
    Other,
}

/// The edit for one segment of a path, if its deprecated name can be replaced safely.
pub(super) fn of_path(path: &Path, segment: &PathSegment, standing: Standing, imports: &Imports) -> Option<Edit> {
    let name = segment.ident.to_string();
    let old = old_name(&name, Named::Path).filter(|old| old.is_safe)?;
    let here = at(segment.ident.span());
    if name != "PyObject" {
        return Some(Edit { range: here.range, text: old.new.to_owned() });
    }
    let before: Vec<String> =
        path.segments.iter().map(|one| one.ident.to_string()).take_while(|one| one != "PyObject").collect();
    let new = match before.first().map(String::as_str) {
        // A module inside the file has other imports.
        None if imports.is_nested => "pyo3::Py<pyo3::PyAny>",
        None if imports.has_pyo3s("Py") && imports.has_pyo3s("PyAny") || imports.has_object() => "Py<PyAny>",
        None | Some("pyo3") => "pyo3::Py<pyo3::PyAny>",
        Some(_) => return None,
    };
    let is_last = path.segments.last().is_some_and(|last| last.ident == segment.ident);
    let text = match standing {
        Standing::Type => new.to_owned(),
        // `Py<PyAny>::new` would be a comparison.
        Standing::Value if !is_last => format!("<{new}>"),
        _ => return None,
    };
    let start = path.segments.first().map_or(here.range.start, |first| at(first.ident.span()).range.start);
    Some(Edit { range: start..here.range.end, text })
}

/// Adds the edits for imports of `PyObject`, once all others of the file are known: the old name stays if something still
/// uses it, which may be a macro.
pub(super) fn settle_imports(imports: &Imports, in_tokens: usize, file: &mut File) {
    let is_of_object = |mention: &&Mention| mention.text == "PyObject" && mention.what == Named::Path;
    let replaced = file.names.iter().filter(is_of_object).filter(|mention| mention.edit.is_some()).count();
    let is_needed = in_tokens > replaced + imports.py_objects.len();
    let missing: Vec<&str> = ["Py", "PyAny"].into_iter().filter(|name| !imports.has_pyo3s(name)).collect();
    for object in &imports.py_objects {
        let names: Vec<&str> = is_needed.then_some("PyObject").into_iter().chain(missing.iter().copied()).collect();
        let edit = match (names.as_slice(), &object.in_group) {
            _ if object.is_nested => match &object.in_group {
                Some(group) if !is_needed => Some(Edit { range: group.clone(), text: String::new() }),
                _ => None,
            },
            ([], Some(group)) => Some(Edit { range: group.clone(), text: String::new() }),
            // The import is on its own, and the new names are imported already.
            ([], None) | (["PyObject"], _) => None,
            ([one], _) => Some(Edit { range: object.at.range.clone(), text: (*one).to_owned() }),
            (several, Some(_)) => Some(Edit { range: object.at.range.clone(), text: several.join(", ") }),
            (several, None) => {
                Some(Edit { range: object.at.range.clone(), text: format!("{{{}}}", several.join(", ")) })
            }
        };
        file.names.push(Mention {
            what: Named::Path,
            text: "PyObject".to_owned(),
            at: object.at.clone(),
            is_conditional: false,
            edit,
        });
    }
}

/// Adds the old names that are imported and otherwise not mentioned: traits whose methods are called, or nothing at all.
pub(super) fn settle_others(imports: &Imports, file: &mut File) {
    for (name, at) in &imports.old_names {
        if !file.names.iter().any(|mention| mention.text == *name) {
            let (what, text) = (Named::Path, name.clone());
            file.names.push(Mention { what, text, at: at.clone(), is_conditional: false, edit: None });
        }
    }
}

/// How often `PyObject` occurs in some tokens; `ffi::PyObject` is a different type.
#[derive(Default)]
pub(super) struct Objects {
    pub(super) count: usize,
    is_after_ffi: bool,
}

impl Objects {
    /// The next token; none where others begin.
    pub(super) fn see(&mut self, token: Option<&TokenTree>) {
        self.is_after_ffi = match token {
            Some(TokenTree::Ident(ident)) => {
                self.count += usize::from(!self.is_after_ffi && ident == "PyObject");
                ident == "ffi"
            }
            Some(TokenTree::Punct(punct)) if punct.as_char() == ':' => self.is_after_ffi,
            _ => false,
        };
    }
}
