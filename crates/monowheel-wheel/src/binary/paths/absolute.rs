//! Every absolute path in a byte string, and the kind of location that it names.
//!
//! [`EmbeddedPaths`](super::EmbeddedPaths) searches for directories that build machines are known to have, because a
//! path alone is not a defect. A comparison of two builds already knows that something differs, and needs to know what
//! it is: here a path counts wherever it leads.

use std::ops::Range;

use crate::binary::paths::anchor::{is_of_path, is_source, length, trimmed};
use crate::binary::paths::build_prefixes;

/// An absolute path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbsolutePath {
    /// Its offset.
    pub range: Range<usize>,
    /// The path; bytes that are not UTF-8 are replaced.
    pub text: String,
    /// Its kind.
    pub kind: PathKind,
}

/// The kind of a build's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathKind {
    /// A name that a build gave to a directory, the same on every machine.
    Renamed,
    /// A crate that cargo unpacked: `CARGO_HOME/registry/src/`.
    CargoRegistry,
    /// A crate that cargo checked out: `CARGO_HOME/git/checkouts/`.
    CargoGit,
    /// Rust's own sources.
    RustSource,
    /// The linker's debug file.
    Pdb,
    /// A file that the build itself created.
    TargetFolder,
    /// Something in a temporary directory.
    Temporary,
    /// Something in a home directory.
    Home,
    /// A source or object file anywhere else.
    Source,
}

/// The marks of each kind, anywhere in the path, with `/` for `\`; the first match counts.
const MARKS: [(&str, PathKind); 9] = [
    ("/registry/src/", PathKind::CargoRegistry),
    ("/git/checkouts/", PathKind::CargoGit),
    ("/rustlib/src/rust/", PathKind::RustSource),
    ("/rustc/", PathKind::RustSource),
    ("/library/std/src/", PathKind::RustSource),
    ("/library/core/src/", PathKind::RustSource),
    ("/library/alloc/src/", PathKind::RustSource),
    ("/target/release/", PathKind::TargetFolder),
    ("/target/", PathKind::TargetFolder),
];

/// Prefixes, likewise; `C:` is removed before.
const ROOTS: [(&str, PathKind); 8] = [
    ("/tmp/", PathKind::Temporary),
    ("/var/folders/", PathKind::Temporary),
    ("/private/var/", PathKind::Temporary),
    ("/var/tmp/", PathKind::Temporary),
    ("/home/", PathKind::Home),
    ("/root/", PathKind::Home),
    ("/Users/", PathKind::Home),
    ("/__w/", PathKind::Home),
];

/// Extensions of files that a linker reads or writes.
const OBJECTS: [&str; 6] = [".o", ".a", ".so", ".dylib", ".dll", ".rlib"];

impl PathKind {
    /// Its description, and the fix.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Renamed => "a name that the build gave to a directory",
            Self::CargoRegistry => "a crate of cargo's registry: CARGO_HOME is not remapped",
            Self::CargoGit => "a crate that cargo checked out: CARGO_HOME is not remapped",
            Self::RustSource => "Rust's own sources (rust-src): the toolchain's directory is not remapped",
            Self::Pdb => "where the linker wrote the PDB",
            Self::TargetFolder => "the target directory of the build is not remapped",
            Self::Temporary => "a temporary directory",
            Self::Home => "a home directory",
            Self::Source => "the source directory is not remapped",
        }
    }

    fn of(path: &str) -> Option<Self> {
        let slashed = path.replace('\\', "/");
        if build_prefixes::is_below(&slashed) {
            return Some(Self::Renamed);
        }
        if let Some((_, kind)) = MARKS.iter().find(|(mark, _)| slashed.contains(mark)) {
            return Some(*kind);
        }
        if slashed.ends_with(".pdb") {
            return Some(Self::Pdb);
        }
        let rooted = slashed.get(slashed.find('/').unwrap_or(0)..).unwrap_or_default();
        let parts = rooted.split('/').filter(|part| !part.is_empty()).count();
        ROOTS
            .iter()
            .find(|(root, _)| parts > 1 && rooted.starts_with(root))
            .map(|(_, kind)| *kind)
            .or_else(|| (parts > 1 && is_source(path.as_bytes())).then_some(Self::Source))
            .or_else(|| (parts > 1 && OBJECTS.iter().any(|end| path.ends_with(end))).then_some(Self::Source))
    }
}

/// The absolute paths in `bytes`, the first `most` of them, in one pass.
///
/// Rust stores its strings one after the other without separators. So a path directly
/// after other words counts only if its start is recognizable by itself.
pub fn find(bytes: &[u8], most: usize) -> Vec<AbsolutePath> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = bytes.get(from..).and_then(|rest| memchr::memchr2(b'/', b'\\', rest)).map(|at| from + at) {
        let before =
            |back: usize| at.checked_sub(back).filter(|index| *index >= from).and_then(|index| bytes.get(index));
        // A letter and a colon; with a slash after it they may be the end of `https:`.
        let scheme = bytes.get(at) == Some(&b'/') && before(3).is_some_and(u8::is_ascii_alphanumeric);
        let drive = !scheme && before(1) == Some(&b':') && before(2).is_some_and(u8::is_ascii_alphabetic);
        let backslash = bytes.get(at) == Some(&b'\\');
        let behind_words = !drive && before(1).is_some_and(|byte| is_of_path(*byte) || *byte == b':');
        let start = if drive { at - 2 } else { at };
        let rest = bytes.get(at..).unwrap_or_default();
        let run = trimmed(rest.get(..length(rest)).unwrap_or_default());
        let end = at + run.len();
        // After everything that was examined, so that no byte is read twice.
        from = (at + length(rest)).max(at + 1);
        if backslash && !drive {
            continue;
        }
        let Some(text) = bytes.get(start..end).map(|path| String::from_utf8_lossy(path).into_owned()) else { continue };
        let Some(kind) = PathKind::of(&text) else { continue };
        let shows_its_start =
            ROOTS.iter().any(|(root, _)| text.starts_with(root)) || MARKS.iter().any(|(mark, _)| text.contains(mark));
        if !behind_words || shows_its_start {
            found.push(AbsolutePath { range: start..end, text, kind });
            if found.len() == most {
                break;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_paths() {
        for (text, path, kind) in [
            ("\0/tmp/ch1/registry/src/i-1/x-1/a.rs\0", "/tmp/ch1/registry/src/i-1/x-1/a.rs", PathKind::CargoRegistry),
            ("called/opt/c/git/checkouts/x/a.rs", "/opt/c/git/checkouts/x/a.rs", PathKind::CargoGit),
            (
                "\0/usr/src/rustc-1.85.0/library/core/src/a.rs",
                "/usr/src/rustc-1.85.0/library/core/src/a.rs",
                PathKind::RustSource,
            ),
            ("\0D:\\w\\target\\release\\x.pdb\0", "D:\\w\\target\\release\\x.pdb", PathKind::TargetFolder),
            ("\0D:\\w\\x.pdb\0", "D:\\w\\x.pdb", PathKind::Pdb),
            ("x/home/me/demo/x", "/home/me/demo/x", PathKind::Home),
            ("\0/srv/demo/x.c\0", "/srv/demo/x.c", PathKind::Source),
            ("(/srv/w/libx.dylib)", "/srv/w/libx.dylib", PathKind::Source),
        ] {
            let found = find(text.as_bytes(), 10);
            let said: Vec<_> = found.iter().map(|path| (path.text.as_str(), path.kind)).collect();
            assert_eq!(said, [(path, kind)], "{text:?}");
            assert_eq!(text.get(found[0].range.clone()), Some(path));
        }
    }

    #[test]
    fn words_with_slashes_are_no_paths() {
        for text in ["src/lib.rs", "and/or", "https://example.org/x.c", "/", "//", "/usr/lib", "a\\b\\c.rs", ""] {
            assert!(find(text.as_bytes(), 10).is_empty(), "{text:?}: {:?}", find(text.as_bytes(), 10));
        }
    }
}
