//! Edits that replace a deprecated name of `PyO3`, so that the file keeps its meaning and still parses.

use proc_macro2::TokenTree;
use syn::{Path, PathSegment};

use crate::finding::Edit;
use crate::source::imports::Imports;
use crate::source::names::at;
use crate::source::walker::Walker;
use crate::source::{File, Mention, Named, old_names};

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
pub(super) fn of_path(path: &Path, segment: &PathSegment, walker: &Walker<'_>) -> Option<Edit> {
    let (imports, standing) = (walker.imports, walker.standing);
    let name = segment.ident.to_string();
    let owner = path.segments.iter().take_while(|one| one.ident != segment.ident).last().map(|one| &one.ident);
    let is_last = path.segments.last().is_some_and(|last| last.ident == segment.ident);
    let new = old_names::in_path(&name, owner, is_last)?;
    let here = at(segment.ident.span());
    if name != "PyObject" {
        return Some(Edit { range: here.range, text: new.to_owned() });
    }
    let before: Vec<String> =
        path.segments.iter().map(|one| one.ident.to_string()).take_while(|one| one != "PyObject").collect();
    let new = match before.first().map(String::as_str) {
        // A module inside the file has other imports.
        None if walker.is_nested => "pyo3::Py<pyo3::PyAny>",
        None if imports.has_pyo3s("Py") && imports.has_pyo3s("PyAny") || imports.has_object() => "Py<PyAny>",
        None | Some("pyo3") => "pyo3::Py<pyo3::PyAny>",
        Some(_) => return None,
    };
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
pub(super) fn settle_imports(imports: &Imports, in_tokens: &Counts, file: &mut File) {
    let is_of_object = |mention: &&Mention| mention.text == "PyObject" && mention.what == Named::Path;
    let replaced = file.names.iter().filter(is_of_object).filter(|mention| mention.edit.is_some()).count();
    let is_needed = in_tokens.of("PyObject") > replaced + imports.py_objects.len();
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

/// Adds the imports of other old names, with the edit if all uses of the name are replaced. A name that a macro may use stays.
pub(super) fn settle_others(imports: &Imports, in_tokens: &Counts, file: &mut File) {
    for (name, at) in &imports.old_names {
        let is_it = |mention: &&mut Mention| mention.text == *name && mention.what == Named::Path;
        let new = old_names::in_path(name, None, true).filter(|_| old_names::WITH_IMPORTS.contains(&name.as_str()));
        let imported = imports.old_names.iter().filter(|(other, _)| other == name).count();
        let replaced = file.names.iter_mut().filter(is_it).filter(|mention| mention.edit.is_some());
        // Imports that were added before are replaced too.
        let replaced = replaced.filter(|mention| !imports.old_names.iter().any(|(_, at)| *at == mention.at)).count();
        let new = new.filter(|new| in_tokens.of(name) == replaced + imported && !imports.has(new));
        if new.is_none() && old_names::WITH_IMPORTS.contains(&name.as_str()) {
            file.names.iter_mut().filter(is_it).for_each(|mention| mention.edit = None);
        }
        let is_only_imported = !file.names.iter().any(|mention| mention.text == *name && mention.what != Named::Unsure);
        let edit = new.map(|new| Edit { range: at.range.clone(), text: new.to_owned() });
        // Otherwise the uses are enough, except when all of it has to change.
        let what = if edit.is_some() || is_only_imported { Named::Path } else { Named::Unsure };
        file.names.push(Mention { what, text: name.clone(), at: at.clone(), is_conditional: false, edit });
    }
}

/// Adds the imports of what newer versions changed.
pub(super) fn settle_changed(imports: &Imports, file: &mut File) {
    for (name, at) in &imports.changed {
        let (what, text) = (Named::Changed, (*name).to_owned());
        file.names.push(Mention { what, text, at: at.clone(), is_conditional: false, edit: None });
    }
}

/// How often each of [`old_names::WITH_IMPORTS`] occurs in some tokens; `ffi::PyObject` is a different type.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    counts: [usize; old_names::WITH_IMPORTS.len()],
    is_after_ffi: bool,
}

impl Counts {
    /// The next token; none where others begin.
    pub(super) fn see(&mut self, token: Option<&TokenTree>) {
        self.is_after_ffi = match token {
            Some(TokenTree::Ident(ident)) => {
                for (name, count) in old_names::WITH_IMPORTS.iter().zip(&mut self.counts) {
                    *count += usize::from(!self.is_after_ffi && ident == name);
                }
                ident == "ffi"
            }
            Some(TokenTree::Punct(punct)) if punct.as_char() == ':' => self.is_after_ffi,
            _ => false,
        };
    }

    /// How often this name occurs.
    fn of(&self, name: &str) -> usize {
        let counts = old_names::WITH_IMPORTS.iter().zip(self.counts);
        counts.filter(|(known, _)| **known == name).map(|(_, count)| count).sum()
    }

    /// Adds those of other tokens.
    pub(super) fn add(&mut self, other: &Self) {
        self.counts.iter_mut().zip(other.counts).for_each(|(count, more)| *count += more);
    }
}
