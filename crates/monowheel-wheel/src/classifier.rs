//! The index's classifiers (`classifiers.tsv`).

use std::collections::HashMap;
use std::sync::LazyLock;

use monowheel_error::near_names;

const DATA: &str = include_str!("classifiers.tsv");

/// The date of the table, for messages: the index may have more since.
pub const DATE: &str = "2026-09-21";

/// Name → replacement, for a deprecated one.
static TABLE: LazyLock<HashMap<&'static str, Option<&'static str>>> = LazyLock::new(|| {
    DATA.lines()
        .skip(2)
        .filter_map(|line| {
            let mut columns = line.split('\t');
            let name = columns.next()?;
            let deprecated = columns.next()? == "yes";
            Some((name, columns.next().filter(|_| deprecated)))
        })
        .collect()
});

/// The status of a classifier on the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is valid.
    Known,
    /// New files with it are rejected; the replacement, if any.
    Deprecated(&'static str),
    /// `Private :: …`, which is never registered: it keeps a file away from the index on purpose.
    Private,
    /// It is not in the table.
    Unknown,
}

/// Looks a classifier up.
#[must_use]
pub fn standing(classifier: &str) -> Standing {
    match TABLE.get(classifier) {
        Some(None) => Standing::Known,
        Some(Some(instead)) => Standing::Deprecated(instead),
        None if classifier.starts_with("Private ::") => Standing::Private,
        None => Standing::Unknown,
    }
}

/// The classifier that was most likely meant. It compares with the complete table: query only a few names.
#[must_use]
pub fn nearest(classifier: &str) -> Option<&'static str> {
    // Each part has to be similar: classifiers have common prefixes, and `Framework :: Foo` is not `Framework :: Zope`.
    let is_near = |known: &&str| {
        let (parts, others) = (classifier.split(" :: "), known.split(" :: "));
        parts.clone().count() == others.clone().count() && parts.zip(others).all(|(a, b)| near_names::is_near(a, b))
    };
    near_names::nearest(classifier, TABLE.keys().copied().filter(is_near))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_understood() {
        assert_eq!(TABLE.len(), DATA.lines().skip(2).count());
    }

    #[test]
    fn standings() {
        assert_eq!(standing("Programming Language :: Rust"), Standing::Known);
        assert_eq!(standing("Programming Languages :: Rust"), Standing::Unknown);
        assert_eq!(standing("Natural Language :: Ukranian"), Standing::Deprecated("Natural Language :: Ukrainian"));
        assert_eq!(standing("Private :: Do Not Upload"), Standing::Private);
        assert_eq!(nearest("Programming Languages :: Rust"), Some("Programming Language :: Rust"));
        assert_eq!(nearest("Programming Language :: Ruts"), Some("Programming Language :: Rust"));
        for other in ["x", "Framework :: Foo", "Topic :: Quantum Gravity", "Programming Language"] {
            assert_eq!(nearest(other), None, "{other}");
        }
    }
}
