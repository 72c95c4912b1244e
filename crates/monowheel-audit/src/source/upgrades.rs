//! What newer versions of `PyO3` removed or deprecated: `upgrades.tsv`, for `monowheel lint --upgrade`.

use std::collections::HashMap;
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
    /// How it is used: `path`, `method`, `with-token`, `on-token`.
    form: &'static str,
    /// The first version with the change.
    pub(crate) since: (u64, u64),
    /// Whether it no longer exists there, so that the crate does not compile.
    pub(crate) is_removed: bool,
    /// What to use instead.
    pub(crate) instead: &'static str,
}

/// The changes by the last component of their names.
static CHANGES: LazyLock<HashMap<&'static str, Vec<Change>>> = LazyLock::new(|| {
    let mut known: HashMap<&'static str, Vec<Change>> = HashMap::new();
    for row in rows(include_str!("upgrades.tsv")) {
        if let Some(change) = change(&row) {
            known.entry(last(change.name)).or_default().push(change);
        }
    }
    known
});

fn change(row: &[&'static str]) -> Option<Change> {
    let [name, form, since, effect, instead] = row else { return None };
    Some(Change { name, form, since: version(since)?, is_removed: *effect == "removed", instead })
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

/// The change of an item with this whole path.
pub(super) fn of_path(whole: &str) -> Option<&'static Change> {
    let is_end =
        |name: &str| whole.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with("::"));
    let of_last =
        CHANGES.get(last(whole)).and_then(|all| all.iter().find(|change| change.form == "path" && is_end(change.name)));
    // `PyMutex::new` is of `PyMutex`.
    of_last.or_else(|| whole.rsplit_once("::").and_then(|(ty, _)| of_path(ty)))
}

/// The change of a method of any object, of one with a token as its first argument, or of the token itself.
pub(super) fn of_method(name: &str, is_token: bool, has_token: bool) -> Option<&'static Change> {
    CHANGES.get(name)?.iter().find(|change| match change.form {
        "method" => !is_token,
        "with-token" => has_token,
        "on-token" => is_token,
        _ => false,
    })
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
        assert_eq!(CHANGES.values().map(Vec::len).sum::<usize>(), rows(include_str!("upgrades.tsv")).count());
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
