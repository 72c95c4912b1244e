//! Which of several indexes to use for a project. The names are uv's (`--index-strategy`).

use monowheel_error::{Error, ErrorKind, Result};

/// How to select a project's files from several indexes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IndexStrategy {
    /// From the first index that has the project, in any version. Nobody can add files to a project of a private index
    /// by registering its name on a public one.
    #[default]
    FirstIndex,
    /// From the first index that has the release.
    UnsafeFirstMatch,
    /// From every index; of two files with one name, the first index's. What pip does.
    UnsafeBestMatch,
}

impl IndexStrategy {
    /// Every strategy, each with its line of `--help`.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::FirstIndex, "Only the first index that has the project"),
        (Self::UnsafeFirstMatch, "Only the first index that has the release"),
        (Self::UnsafeBestMatch, "Every index, as pip does"),
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstIndex => "first-index",
            Self::UnsafeFirstMatch => "unsafe-first-match",
            Self::UnsafeBestMatch => "unsafe-best-match",
        }
    }

    /// The strategy of this name, from `variable`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when there is none.
    pub(crate) fn of_variable(variable: &str, name: &str) -> Result<Self> {
        let known = Self::ALL.iter().map(|(strategy, _)| *strategy).find(|strategy| strategy.name() == name.trim());
        known.ok_or_else(|| {
            let names = Self::ALL.map(|(strategy, _)| strategy.name()).join(", ");
            Error::new(ErrorKind::Usage, format!("{variable} is not an index strategy: {name}"))
                .next(format!("use one of these: {names}"))
        })
    }
}
