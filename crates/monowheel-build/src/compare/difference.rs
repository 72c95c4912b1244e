//! What a comparison says.

use std::fmt;

use serde::Serialize;

/// The outcome of comparing two files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "verdict", content = "differences")]
pub enum Comparison {
    /// Every byte is the same.
    Identical,
    /// What differs, what matters first: never empty.
    Differences(Vec<Difference>),
}

/// One thing that is not the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What kind of thing.
    pub kind: Kind,
    /// Where.
    pub place: Place,
    /// A sentence that names the thing and what it is in A and in B. Names from the files stand in it as
    /// they are: who prints it escapes it (`monowheel_error::terminal`).
    pub cause: String,
    /// It follows from another difference that is told too, and would be gone with that one.
    pub follows: bool,
}

/// Where a difference is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The path of the member; `None` for the archive as a whole, or for several members at once.
    pub member: Option<String>,
    /// The part of the member: a section (after an architecture where there are several), `line 4`,
    /// `row 3`, the path of a JSON value.
    pub part: Option<String>,
    /// The function or variable, as it is mangled in the file.
    pub symbol: Option<String>,
}

/// Kinds of differences, what matters first: what is installed and run, then what only describes it, then
/// how it is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It could not be read, so that nothing is said of it: a member that is damaged or beyond a limit.
    NotCompared,
    /// A member, a section or a slice is in one of the files alone.
    Presence,
    /// A binary holds a path of the machine that built it.
    Path,
    /// What a binary loads, exports, or asks of the system.
    Linking,
    /// Bytes of machine code.
    Code,
    /// Other bytes that are loaded or read.
    Data,
    /// A text: a Python file, a licence.
    Text,
    /// A line of METADATA, WHEEL, PKG-INFO or another file of the dist-info.
    Metadata,
    /// A value of a software bill of materials.
    Sbom,
    /// Symbol tables and what else is for a debugger.
    Debug,
    /// What names a build: a build id, a UUID, a time stamp, the tools in `.comment`.
    Identity,
    /// Where things lie in a binary: headers, relocations, unwind tables.
    Layout,
    /// The code signature.
    Signature,
    /// A row of RECORD.
    Record,
    /// Permissions of a member.
    Mode,
    /// Whom a member of an sdist belongs to.
    Owner,
    /// When a member was changed, or the archive made.
    Time,
    /// The order of the members.
    Order,
    /// Compressed differently, the same content.
    Compression,
    /// Other bytes of the archive itself.
    Archive,
    /// How many more differences the member has.
    More,
}

impl Kind {
    /// What the kind is about, in a word or two.
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

    /// Whether it is about how the files are packed alone: unpacked, they are the same.
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

    /// What differs; empty when nothing does.
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

    /// Whether what differs is how the files are packed alone: what they install is the same.
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
