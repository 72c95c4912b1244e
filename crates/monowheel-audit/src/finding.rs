//! What an audit has to say: one finding, its severity and its place.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// It works today, or for most users, or it weakens a defence.
    Warning,
    /// An install or an import fails somewhere the wheel promises, or the index refuses the file.
    Error,
}

impl Severity {
    /// Every severity, mildest first, with what it means.
    pub const ALL: &[(Self, &str)] = &[
        (Self::Note, "Worth knowing"),
        (Self::Warning, "It works today, or for most users, or it weakens a defense"),
        (Self::Error, "An install or an import fails somewhere the wheel promises, or the index refuses the file"),
    ];

    /// The word for people and formats.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What a finding names at most; a sound wheel comes nowhere near, and a hostile one could name a million.
pub const MOST_DETAILS: usize = 1000;

/// Where in a subject a finding is: in a wheel, or in a project's sources.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct Place {
    /// The member of the wheel, or the file of the project; `None` for the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The architecture of the slice, where the binary has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slice: Option<String>,
    /// The line of a source file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column in that line, from 1, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The line in which it ends, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_line: Option<u32>,
    /// The column behind its end, from 1, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
}

impl Place {
    /// The file as a whole.
    #[must_use]
    pub const fn file() -> Self {
        Self { member: None, slice: None, line: None, column: None, end_line: None, end_column: None }
    }

    /// A member of the wheel, or a file of a project.
    pub fn member(path: impl Into<String>) -> Self {
        Self { member: Some(path.into()), ..Self::file() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.member.as_deref().unwrap_or_default())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        match &self.slice {
            Some(slice) => write!(f, " ({slice})"),
            None => Ok(()),
        }
    }
}

/// A piece of a text file and what stands there afterwards: a change that keeps what the program means.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Edit {
    /// In bytes, from 0.
    pub range: Range<usize>,
    /// What is put there.
    pub text: String,
}

/// Something that is wrong, or worth knowing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Finding {
    /// The rule's id; in a report that another version wrote, it may be of no rule of this one.
    pub rule: Cow<'static, str>,
    /// How bad it is here; never above the rule's own severity.
    pub severity: Severity,
    /// Where it is.
    #[serde(flatten)]
    pub place: Place,
    /// What is wrong, in one sentence without a final stop.
    pub message: String,
    /// Names that belong to it: symbols, libraries, rows. The message tells the first few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// What `monowheel lint --fix` does about it, in the file that the place names; of no use otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
}

impl Finding {
    /// A finding; its rule is filled in by [`Found`](crate::rule::Found).
    pub fn new(severity: Severity, place: Place, message: impl Into<String>) -> Self {
        Self {
            rule: Cow::Borrowed(""),
            severity,
            place,
            message: message.into(),
            details: Vec::new(),
            fix: None,
            edits: Vec::new(),
        }
    }

    /// Adds the names that belong to it: the first [`MOST_DETAILS`], and how many more there are.
    #[must_use]
    pub fn details<T: Into<String>>(mut self, details: impl IntoIterator<Item = T>) -> Self {
        let mut details = details.into_iter();
        self.details.extend(details.by_ref().take(MOST_DETAILS).map(Into::into));
        match details.count() {
            0 => {}
            more => self.details.push(format!("and {more} more")),
        }
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

/// The first few of some names, for a message: `a, b, c and 4 more`.
#[must_use]
pub fn some_of<T: AsRef<str>>(names: &[T]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<&str> = names.iter().take(SHOWN).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_names_are_told_as_a_thousand() {
        let finding =
            Finding::new(Severity::Note, Place::file(), "many").details((0..1_000_000).map(|n| n.to_string()));
        assert_eq!(finding.details.len(), MOST_DETAILS + 1);
        assert_eq!(finding.details.last().map(String::as_str), Some("and 999000 more"));
        let few = Finding::new(Severity::Note, Place::file(), "few").details(["a", "b"]);
        assert_eq!(few.details, ["a", "b"]);
    }
}
