//! One member: its header, with the data of its extensions.

use std::collections::BTreeMap;

use monowheel_error::{Result, text};
use tar::{EntryType, Header};

use crate::tarball::extension::{Entry, Extensions, Next};
use crate::tarball::unreadable;

/// The position of the first part of a long path in a ustar header.
const PREFIX: usize = 345;

/// A member of an archive.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its path as written.
    pub path: Vec<u8>,
    /// Its kind.
    pub kind: Kind,
    /// The size of its content.
    pub size: u64,
    /// The target of a link.
    pub link: Option<Vec<u8>>,
    /// The records of its pax headers, without path and link; what is not UTF-8 has replacement characters.
    pub pax: BTreeMap<String, String>,
    /// The 512 bytes of its header.
    pub header: Header,
}

/// The kind of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A hard link to another member.
    HardLink,
    /// A symbolic link.
    SymbolicLink,
    /// A character or block device.
    Device,
    /// A named pipe.
    Fifo,
    /// Something else, by the letter of its type.
    Other(u8),
}

impl Kind {
    fn of(kind: EntryType) -> Self {
        match kind {
            EntryType::Regular | EntryType::Continuous => Self::File,
            EntryType::Directory => Self::Directory,
            EntryType::Link => Self::HardLink,
            EntryType::Symlink => Self::SymbolicLink,
            EntryType::Char | EntryType::Block => Self::Device,
            EntryType::Fifo => Self::Fifo,
            other => Self::Other(other.as_byte()),
        }
    }

    /// In words.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::File => "a file",
            Self::Directory => "a directory",
            Self::HardLink => "a hard link",
            Self::SymbolicLink => "a symbolic link",
            Self::Device => "a device",
            Self::Fifo => "a FIFO",
            Self::Other(_) => "of an unknown type",
        }
    }
}

impl Member {
    /// The member of a header that is not an extension.
    pub(super) fn of(entry: &Entry<'_, '_>, extensions: &mut Extensions<'_>) -> Result<Self> {
        let header = entry.header();
        let Next { name, link, mut pax, .. } = extensions.next();
        let path = one_of(name, pax.remove("path"))?.unwrap_or_else(|| header.path_bytes().into_owned());
        extensions.spend(path.len() as u64)?;
        let link = one_of(link, pax.remove("linkpath"))?.or_else(|| header.link_name_bytes().map(Into::into));
        let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let pax = pax.into_iter().map(|(key, value)| (key, lossy(&value))).collect();
        let kind = Kind::of(header.entry_type());
        let member = Self { path, kind, size: entry.size(), link, pax, header: header.clone() };
        match member.disagreement() {
            Some(why) => Err(unreadable(&format_args!("member {}: {why}", member.shown()))),
            None => Ok(member),
        }
    }

    /// Its display path: at most 80 characters, none of which affects a terminal.
    #[must_use]
    pub fn shown(&self) -> String {
        let path = String::from_utf8_lossy(&self.path);
        match path.char_indices().nth(80) {
            Some((end, _)) => format!("{}…", text::harmless(path.get(..end).unwrap_or_default())),
            None => text::harmless(&path).to_string(),
        }
    }

    /// Whether it is executable.
    #[must_use]
    pub fn is_executable(&self) -> bool {
        self.header.mode().is_ok_and(|mode| mode & 0o111 != 0)
    }

    /// Why common readers interpret it differently.
    fn disagreement(&self) -> Option<String> {
        let kind = self.header.entry_type();
        if kind.is_gnu_sparse() || self.pax.keys().any(|key| key.starts_with("GNU.sparse")) {
            return Some("sparse files are not read".to_owned());
        }
        if self.pax.get("size").is_some_and(|size| *size != self.size.to_string()) {
            return Some("its pax header and its own header have different sizes".to_owned());
        }
        let has_content = matches!(self.kind, Kind::File | Kind::Other(_));
        if !has_content && self.size != 0 {
            return Some(format!("it is {}, and has {} bytes of content", self.kind.word(), self.size));
        }
        if self.kind == Kind::File && self.path.ends_with(b"/") {
            return Some("it is a file with the name of a directory".to_owned());
        }
        let bytes = self.header.as_bytes();
        let is_ustar = bytes.get(257..265) == Some(b"ustar\x0000");
        if !is_ustar && bytes.get(PREFIX).is_some_and(|byte| *byte != 0) {
            return Some("a part of its path is where only some readers look for it".to_owned());
        }
        None
    }
}

/// The value from GNU's header or from pax; if both exist, they must agree.
fn one_of(gnu: Option<Vec<u8>>, pax: Option<Vec<u8>>) -> Result<Option<Vec<u8>>> {
    match (gnu, pax) {
        (Some(gnu), Some(pax)) if gnu != pax => Err(unreadable(&"a member has two different names")),
        (gnu, pax) => Ok(gnu.or(pax)),
    }
}
