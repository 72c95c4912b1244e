//! The result of a comparison.

use std::fmt;

use serde::Serialize;

/// The outcome of comparing two files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "verdict", content = "differences")]
pub enum Comparison {
    /// Every byte is the same.
    Identical,
    /// The differences, most important first: never empty.
    Differences(Vec<Difference>),
}

/// A difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its kind.
    pub kind: Kind,
    /// Where.
    pub place: Place,
    /// A sentence that names the thing and its values in A and in B. It contains names from the files
    /// unchanged: printing code must escape it (`monowheel_error::terminal`).
    pub cause: String,
    /// It follows from another reported difference, and would disappear with that one.
    pub follows: bool,
}

/// The location of a difference.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The path of the member; `None` for the archive itself, or for several members at once.
    pub member: Option<String>,
    /// The part of the member: a section (after an architecture if there are several), `line 4`,
    /// `row 3`, the path of a JSON value.
    pub part: Option<String>,
    /// The function or variable, by its mangled name in the file.
    pub symbol: Option<String>,
}

/// Kinds of differences, most important first: what is installed and run, then what only describes it, then
/// the packaging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It could not be read, so that it was not compared: a member that is damaged or beyond a limit.
    NotCompared,
    /// A member, a section or a slice is in only one of the files.
    Presence,
    /// A binary contains a path of the machine that built it.
    Path,
    /// What a binary loads, exports, or requires of the system.
    Linking,
    /// Bytes of machine code.
    Code,
    /// Other bytes that are loaded or read.
    Data,
    /// A text: a Python file, a license.
    Text,
    /// A line of METADATA, WHEEL, PKG-INFO or another file of the dist-info.
    Metadata,
    /// A value of a software bill of materials.
    Sbom,
    /// Symbol tables and other data for a debugger.
    Debug,
    /// Identifiers of a build: a build id, a UUID, a time stamp, the tools in `.comment`.
    Identity,
    /// The layout of a binary: headers, relocations, unwind tables.
    Layout,
    /// The code signature.
    Signature,
    /// A row of RECORD.
    Record,
    /// Permissions of a member.
    Mode,
    /// The owner of a member of an sdist.
    Owner,
    /// The time when a member was changed, or the archive created.
    Time,
    /// The order of the members.
    Order,
    /// Compressed differently, with the same content.
    Compression,
    /// Other bytes of the archive itself.
    Archive,
    /// The number of further differences of the member.
    More,
}

impl Kind {
    /// The name of the kind, in a word or two.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotCompared => "not compared",
            Self::Presence => "presence",
            Self::Path => "path",
            Self::Linking => "linking",
            Self::Code => "code",
            Self::Data => "data",
            Self::Text => "text",
            Self::Metadata => "metadata",
            Self::Sbom => "SBOM",
            Self::Debug => "debug",
            Self::Identity => "identity",
            Self::Layout => "layout",
            Self::Signature => "signature",
            Self::Record => "RECORD",
            Self::Mode => "mode",
            Self::Owner => "owner",
            Self::Time => "time",
            Self::Order => "order",
            Self::Compression => "compression",
            Self::Archive => "archive",
            Self::More => "more",
        }
    }

    /// Whether it only concerns the packaging: the unpacked files are the same.
    #[must_use]
    pub const fn is_packaging(self) -> bool {
        matches!(self, Self::Mode | Self::Owner | Self::Time | Self::Order | Self::Compression | Self::Archive)
    }
}

impl Comparison {
    /// Whether every byte is the same.
    #[must_use]
    pub const fn is_identical(&self) -> bool {
        matches!(self, Self::Identical)
    }

    /// The differences; empty if there are none.
    #[must_use]
    pub fn differences(&self) -> &[Difference] {
        match self {
            Self::Identical => &[],
            Self::Differences(differences) => differences,
        }
    }

    /// The first difference that does not follow from another one.
    #[must_use]
    pub fn first_cause(&self) -> Option<&Difference> {
        let all = self.differences();
        all.iter().find(|difference| !difference.follows).or_else(|| all.first())
    }

    /// Whether only the packaging differs: the installed files are the same.
    #[must_use]
    pub fn is_packaging_only(&self) -> bool {
        !self.is_identical() && self.differences().iter().all(|difference| difference.kind.is_packaging())
    }

    /// Whether everything could be compared.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.differences().iter().all(|difference| difference.kind != Kind::NotCompared)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [&self.member, &self.part, &self.symbol];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        f.write_str(&parts.join(", "))
    }
}
