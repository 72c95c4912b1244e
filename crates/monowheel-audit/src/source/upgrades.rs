//! What newer versions of `PyO3` removed or deprecated: `upgrades.tsv` and `removed_ffi.tsv`, for `monowheel lint --upgrade`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use monowheel_wheel::abi::rows;

/// The newest `PyO3` that the tables know.
pub const NEWEST: (u64, u64) = (0, 30);

/// The first `PyO3` without the names in `old_names.tsv`.
pub(crate) const WITHOUT_OLD_NAMES: (u64, u64) = (0, 29);

/// One change of the interface of `PyO3`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    /// The name: the end of a path, or a method.
    pub(crate) name: &'static str,
    /// How it is used: `path`, `method`, `tried`, `with-token`, `on-token`, `on-type`, `reference`, `bound`,
    /// `feature`, `ffi`.
    form: &'static str,
    /// The first version with the change.
    pub(crate) since: (u64, u64),
    /// What happened to it.
    pub(crate) effect: Effect,
    /// What to use instead.
    pub(crate) instead: &'static str,
    /// Whether that is a name to write instead, and nothing else has to change.
    pub(crate) is_rename: bool,
}

/// What a version did to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Removed,
    /// It takes or returns something else.
    Changed,
    Deprecated,
}

impl Effect {
    /// The word in the table, and in messages.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Deprecated => "deprecated",
        }
    }
}

/// The name in the table of `&PyAny`, `&PyDict` and so on.
pub(super) const GIL_REFERENCE: &str = "&PyAny";

/// The changes by the last component of their names.
static CHANGES: LazyLock<HashMap<&'static str, Vec<Change>>> = LazyLock::new(|| {
    let mut known: HashMap<&'static str, Vec<Change>> = HashMap::new();
    let of_python = rows(include_str!("upgrades.tsv")).filter_map(|row| change(&row));
    let of_c = rows(include_str!("removed_ffi.tsv")).filter_map(|row| removed(&row));
    for change in of_python.chain(of_c) {
        known.entry(last(change.name)).or_default().push(change);
    }
    known
});

fn change(row: &[&'static str]) -> Option<Change> {
    let [name, form, since, effect, instead, fix] = row else { return None };
    let effect =
        [Effect::Removed, Effect::Changed, Effect::Deprecated].into_iter().find(|one| one.word() == *effect)?;
    Some(Change { name, form, since: version(since)?, effect, instead, is_rename: *fix == "safe" })
}

/// An item of C that `PyO3` no longer declares.
fn removed(row: &[&'static str]) -> Option<Change> {
    let [name, since] = row else { return None };
    let (since, instead) = (version(since)?, "an item that C documents, or declare it in the crate");
    Some(Change { name, form: "ffi", since, effect: Effect::Removed, instead, is_rename: false })
}

/// `0.30` as numbers.
#[must_use]
pub fn version(text: &str) -> Option<(u64, u64)> {
    let (major, minor) = text.trim().split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}

fn last(name: &str) -> &str {
    name.rsplit("::").next().unwrap_or(name)
}

/// The change of exactly the item with this whole path.
pub(super) fn of_item(whole: &str) -> Option<&'static Change> {
    let is_end =
        |name: &str| whole.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with("::"));
    CHANGES.get(last(whole))?.iter().find(|change| change.form == "path" && is_end(change.name))
}

/// The change of an item of C: `pyo3::ffi::_PyDict_NewPresized`.
pub(super) fn of_ffi(whole: &str) -> Option<&'static Change> {
    let (before, name) = whole.rsplit_once("::")?;
    CHANGES.get(name)?.iter().find(|change| change.form == "ffi" && before.ends_with("ffi"))
}

/// The change of the item with this whole path, or of the type that it is in: `PyMutex::new` is of `PyMutex`.
pub(super) fn of_path(whole: &str) -> Option<&'static Change> {
    of_item(whole).or_else(|| whole.rsplit_once("::").and_then(|(ty, _)| of_path(ty)))
}

/// Whether this is the last component of a name in the table.
pub(super) fn is_last(name: &str) -> bool {
    CHANGES.contains_key(name)
}

/// The change of a method of any object, of one with a token as its first argument, of the token itself, or of a type.
pub(super) fn of_method(
    name: &str,
    is_token: bool,
    has_token: bool,
    is_type: impl Fn() -> bool,
) -> Option<&'static Change> {
    CHANGES.get(name)?.iter().find(|change| match change.form {
        "method" => !is_token,
        "with-token" => has_token,
        "on-token" => is_token,
        "on-type" => is_type(),
        _ => false,
    })
}

/// The change of a feature of the crate.
pub(crate) fn of_feature(name: &str) -> Option<&'static Change> {
    CHANGES.get(name)?.iter().find(|change| change.form == "feature")
}

/// The types of objects of Python. References to them were objects up to `PyO3` 0.22.
static TYPES: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| rows(include_str!("object_types.tsv")).filter_map(|row| row.first().copied()).collect());

/// Whether this is the name of a type of objects of Python.
pub(super) fn is_type_of_objects(name: &str) -> bool {
    TYPES.contains(name)
}

/// The change of a method whose result is tried: `object.iter()?`.
pub(super) fn of_tried(name: &str) -> Option<&'static Change> {
    CHANGES.get(name)?.iter().find(|change| change.form == "tried")
}

/// The change of this name.
pub(crate) fn named(name: &str) -> Option<&'static Change> {
    CHANGES.get(last(name))?.iter().find(|change| change.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        let tables = [include_str!("upgrades.tsv"), include_str!("removed_ffi.tsv")];
        let all: usize = tables.into_iter().map(|table| rows(table).count()).sum();
        assert_eq!(CHANGES.values().map(Vec::len).sum::<usize>(), all);
    }

    #[test]
    fn a_path_is_known_by_its_end() {
        let name = |whole: &str| of_path(whole).map(|change| change.name);
        assert_eq!(name("pyo3::Py::from_owned_ptr"), Some("Py::from_owned_ptr"));
        assert_eq!(name("Py::from_owned_ptr"), Some("Py::from_owned_ptr"));
        assert_eq!(name("MyPy::from_owned_ptr"), None);
        assert_eq!(name("pyo3::sync::PyMutex"), None);
    }
}
