//! A finding of an audit, with its severity and place.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Works today or for most users, or weakens a hardening measure.
    Warning,
    /// An install or an import fails on a promised target, or the index refuses the file.
    Error,
}

impl Severity {
    /// Every severity, lowest first, with its meaning.
    pub const ALL: &[(Self, &str)] = &[
        (Self::Note, "Worth knowing"),
        (Self::Warning, "Works today or for most users, or weakens a hardening measure"),
        (Self::Error, "An install or an import fails on a promised target, or the index refuses the file"),
    ];

    /// The word used in output and formats.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Maximum number of details in a finding. Ordinary wheels do not come near it; a hostile one could list a million.
pub const MOST_DETAILS: usize = 1000;

/// The place of a finding in a subject: in a wheel, or in a project's sources.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct Place {
    /// The member of the wheel, or the file of the project; `None` for all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The architecture of the slice, if the binary has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slice: Option<String>,
    /// The line of a source file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column in that line, from 1, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The line of its end, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_line: Option<u32>,
    /// The column after its end, from 1, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
}

impl Place {
    /// The complete file.
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

/// A range of a text file and its replacement: a change that preserves the program's meaning.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Edit {
    /// In bytes, from 0.
    pub range: Range<usize>,
    /// The replacement.
    pub text: String,
}

/// Something that is wrong, or worth knowing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Finding {
    /// The rule's id; a report written by another version may contain rules that this one does not have.
    pub rule: Cow<'static, str>,
    /// The severity here; never above the rule's own severity.
    pub severity: Severity,
    /// Its place.
    #[serde(flatten)]
    pub place: Place,
    /// The message: one sentence without a final stop.
    pub message: String,
    /// Names that belong to it: symbols, libraries, rows. The message contains the first few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
    /// How to fix it: an imperative phrase without a final stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// The edits that `monowheel lint --fix` makes, in the file of the place; otherwise empty.
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

    /// Adds the names that belong to it: the first [`MOST_DETAILS`], and the number of further ones.
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

    /// Sets the fix.
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
