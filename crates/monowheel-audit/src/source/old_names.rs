//! Names that `PyO3` deprecated or removed, with their replacements: `old_names.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use monowheel_wheel::abi::rows;

use crate::finding::Edit;
use crate::source::{At, Named};

/// A deprecated `PyO3` name and its replacement.
#[derive(Clone, Copy, Debug)]
pub struct OldName {
    /// The name.
    pub(crate) old: &'static str,
    form: Form,
    /// The first `PyO3` version with the replacement.
    pub(crate) since: (u64, u64),
    /// The replacement.
    pub(crate) new: &'static str,
    fix: Fix,
}

/// How a name is used in code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Path,
    Method,
    /// As a method, or by its path: `Bound::downcast_into`.
    Both,
    Macro,
}

/// Where the new name may be written instead of the old one, and nothing else has to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fix {
    Everywhere,
    /// In `downcast::<PyString>()`: the type in it is one of `PyO3`.
    ForPyo3sTypes,
    /// Together with its import; it is not quite the same, so only when `PyO3` is raised.
    WithImport,
    /// The same, for a type that has other functions.
    TypeWithImport,
    /// After one of these types: `PyDict::new_bound`.
    Of(&'static str),
    Nowhere,
}

static OLD_NAMES: LazyLock<HashMap<&'static str, OldName>> = LazyLock::new(|| {
    let known = rows(include_str!("old_names.tsv"));
    known.filter_map(|row| old(&row)).map(|old| (old.old, old)).collect()
});

fn old(row: &[&'static str]) -> Option<OldName> {
    let [old, form, since, new, fix] = row else { return None };
    let form = match *form {
        "path" => Form::Path,
        "method" => Form::Method,
        "both" => Form::Both,
        "macro" => Form::Macro,
        _ => return None,
    };
    let (major, minor) = since.split_once('.')?;
    let since = (major.parse().ok()?, minor.parse().ok()?);
    let fix = match *fix {
        "safe" => Fix::Everywhere,
        "typed" => Fix::ForPyo3sTypes,
        "import" => Fix::WithImport,
        "type" => Fix::TypeWithImport,
        "look" => Fix::Nowhere,
        types => Fix::Of(types),
    };
    Some(OldName { old, form, since, new, fix })
}

impl OldName {
    /// Whether it is replaced only when `PyO3` is raised to a version without it.
    pub(crate) fn is_for_upgrade(&self) -> bool {
        matches!(self.fix, Fix::WithImport | Fix::TypeWithImport)
    }
}

/// Names that are replaced together with their imports, if all uses of them are seen.
pub(super) const WITH_IMPORTS: [&str; 5] = ["PyObject", "GILOnceCell", "DowncastError", "DowncastIntoError", "PyLong"];

/// Types that are not in every stable ABI.
const WATCHED: [&str; 2] = ["PyBuffer", "PyUntypedBuffer"];

/// Whether a rule needs the uses of this name.
pub(super) fn is_asked_for(name: &str, form: Named) -> bool {
    (form == Named::Path && WATCHED.contains(&name)) || old_name(name, form).is_some()
}

/// The deprecated name that this is, when used this way.
#[must_use]
pub fn old_name(name: &str, form: Named) -> Option<&'static OldName> {
    OLD_NAMES.get(name).filter(|old| match old.form {
        Form::Path => form == Named::Path,
        Form::Method => form == Named::Method,
        Form::Both => matches!(form, Named::Path | Named::Method),
        Form::Macro => form == Named::Macro,
    })
}

/// The deprecated name that this is, if it is one of `PyO3`.
pub(crate) fn unsure(name: &str) -> Option<&'static OldName> {
    OLD_NAMES.get(name)
}

/// Whether a name is that of a method or a function of `Python`: other types may have it as well.
pub(super) fn is_of_token(name: &str) -> bool {
    matches!(name, "with_gil" | "allow_threads" | "import_bound" | "get_type_bound" | "eval_bound" | "run_bound")
}

/// Whether hardly any other type has a method of this name.
pub(super) fn is_only_pyo3s(name: &str) -> bool {
    name == "into_py" || name.ends_with("_bound")
}

/// The edit that replaces the name of a method or a macro, if nothing else has to change.
pub(super) fn replacement(name: &str, form: Named, at: &At, is_for_pyo3s_type: impl FnOnce() -> bool) -> Option<Edit> {
    let old = old_name(name, form).filter(|old| match old.fix {
        Fix::Everywhere => true,
        Fix::ForPyo3sTypes => is_for_pyo3s_type(),
        Fix::WithImport | Fix::TypeWithImport | Fix::Of(_) | Fix::Nowhere => false,
    })?;
    Some(Edit { range: at.range.clone(), text: old.new.to_owned() })
}

/// The name to write instead in a path, after this component of it; `is_last` if the path ends there.
pub(super) fn in_path(name: &str, after: Option<&syn::Ident>, is_last: bool) -> Option<&'static str> {
    let old = old_name(name, Named::Path)?;
    let is_safe = match old.fix {
        Fix::Everywhere | Fix::WithImport => true,
        Fix::TypeWithImport => is_last,
        Fix::Of(types) => after.is_some_and(|after| types.split(' ').any(|ty| after == ty)),
        Fix::ForPyo3sTypes | Fix::Nowhere => false,
    };
    is_safe.then_some(old.new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        assert_eq!(OLD_NAMES.len(), rows(include_str!("old_names.tsv")).count());
    }
}
