//! The criteria for a build path in a text.

/// The longest path that is read, as on Linux.
pub(super) const MOST_BYTES: usize = 4096;

/// The bytes before an anchor that matter: the first directories of the path, or what it continues.
pub(super) const MOST_BEFORE: usize = 256;

/// The required text after an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// That many directories or names after the anchor.
    Parts(usize),
    /// The name of a source file: these directories may have other purposes.
    Source,
    /// As for `/tmp`: a source file, or a directory that pip, cargo or a temporary-file library creates.
    Temporary,
    /// The path began before this: everything in it back to the root belongs to it.
    Registry,
}

/// The searched texts. They have few different first bytes, so that the vector search seldom stops.
pub(super) const ANCHORS: &[(&str, Needs)] = &[
    // A user's home: the user and a name in it.
    ("/home/", Needs::Parts(2)),
    ("/Users/", Needs::Parts(2)),
    (":\\Users\\", Needs::Parts(2)),
    ("/root/", Needs::Parts(1)),
    // GitHub Actions: containers, Windows runners.
    ("/__w/", Needs::Parts(2)),
    ("/github/workspace/", Needs::Parts(1)),
    (":\\a\\", Needs::Parts(2)),
    (":/a/", Needs::Parts(2)),
    // GitLab CI.
    ("/builds/", Needs::Parts(3)),
    // The Pythons of the manylinux images, and the mount points of projects in them.
    ("/opt/_internal/", Needs::Parts(1)),
    ("/io/", Needs::Source),
    ("/project/", Needs::Source),
    ("/build/", Needs::Source),
    // Temporary directories: macOS, and all others.
    ("/private/var/", Needs::Parts(3)),
    ("/var/folders/", Needs::Parts(2)),
    ("/tmp/", Needs::Temporary),
    // Crates, wherever cargo's home is (`/usr/local/cargo` in Rust's images).
    ("/registry/src/", Needs::Registry),
    ("\\registry\\src\\", Needs::Registry),
];

/// Extensions of source files in languages that extensions are written in.
const SOURCES: &[&str] = &[
    "rs", "c", "cc", "cpp", "cxx", "h", "hh", "hpp", "hxx", "inc", "inl", "ipp", "tcc", "pyx", "pxd", "S", "asm", "m",
    "mm", "f", "f90", "go", "cu", "cuh", "zig",
];

/// The path that contains the anchor at `at`, if it is a build's, and where the search continues.
/// Bytes before `from` have been examined.
pub(super) fn path_around<'a>(
    bytes: &'a [u8],
    from: usize,
    at: usize,
    anchor: &str,
    needs: Needs,
) -> (Option<&'a [u8]>, usize) {
    let before = bytes.get(from..at).unwrap_or_default();
    let start = match needs {
        Needs::Registry => root_of(before).map(|length| at - length),
        // A drive letter is before a colon.
        _ if anchor.starts_with(':') => before.last().filter(|byte| byte.is_ascii_alphabetic()).map(|_| at - 1),
        _ => match before {
            [.., drive, b':'] if drive.is_ascii_alphabetic() => Some(at - 2),
            _ => Some(at),
        },
    };
    let inner = at + anchor.len();
    let Some(start) = start else { return (None, inner) };
    let rest = bytes.get(inner..bytes.len().min(start.saturating_add(MOST_BYTES))).unwrap_or_default();
    let run = length(rest);
    let tail = trimmed(rest.get(..run).unwrap_or_default());
    let Some(path) = bytes.get(start..inner + tail.len()) else { return (None, inner) };
    let whole = needs == Needs::Registry || begins(bytes.get(from..start).unwrap_or_default(), path);
    if whole && fits(tail, needs) { (Some(path), inner + tail.len()) } else { (None, inner + run) }
}

/// Whether a path begins here rather than continues. Rust stores strings without separators,
/// so that a letter before a path of a crate, or the end of a source file's name, is not conclusive.
fn begins(before: &[u8], path: &[u8]) -> bool {
    match before.last() {
        Some(last) if is_of_path(*last) => {
            // `-I` and `-L` of a recorded command line.
            [&b".rs"[..], b" -I", b" -L"].iter().any(|end| before.ends_with(end))
                || (last.is_ascii_alphanumeric() && contains(path, b".cargo"))
        }
        _ => true,
    }
}

/// How many bytes before a crate registry its path begins; `None` if it is relative, or directly under
/// the root, as after remapping (`/cargo/registry/src`).
fn root_of(before: &[u8]) -> Option<usize> {
    let near = before.get(before.len().saturating_sub(MOST_BEFORE)..).unwrap_or_default();
    let run = near.iter().rev().take_while(|byte| is_of_path(**byte)).count();
    let (ahead, run) = near.split_at_checked(near.len() - run)?;
    let start = run.iter().position(|byte| matches!(byte, b'/' | b'\\'))?;
    let path = run.get(start..).filter(|path| path.ends_with(b"cargo"))?;
    match ahead {
        [.., drive, b':'] if start == 0 && drive.is_ascii_alphabetic() => Some(path.len() + 2),
        _ => {
            let folders = path.iter().filter(|byte| matches!(byte, b'/' | b'\\')).count();
            (folders > 1).then_some(path.len())
        }
    }
}

/// Whether the text after the anchor has the form of a build's path.
fn fits(tail: &[u8], needs: Needs) -> bool {
    let parts = || tail.split(|byte| matches!(byte, b'/' | b'\\')).filter(|part| !part.is_empty());
    match needs {
        // macOS lets all users share this directory.
        Needs::Parts(count) => parts().count() >= count && !tail.starts_with(b"Shared/"),
        Needs::Registry => parts().count() >= 1,
        Needs::Source => is_source(tail),
        Needs::Temporary => {
            let made = [&b"pip-"[..], b"tmp", b"cargo-", b"cibw", b"build-via-sdist-", b"maturin"];
            let first = parts().next().unwrap_or_default();
            parts().count() > 1 && (is_source(tail) || made.iter().any(|prefix| first.starts_with(prefix)))
        }
    }
}

/// Whether the path ends like a source file's, in a directory.
pub(super) fn is_source(tail: &[u8]) -> bool {
    let ending = tail.iter().rposition(|byte| *byte == b'.').and_then(|dot| tail.get(dot + 1..));
    ending.is_some_and(|ending| SOURCES.iter().any(|known| known.as_bytes() == ending))
}

pub(super) const fn is_of_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'\\' | b'.' | b'_' | b'-' | b'+' | b'@' | b'~')
}

/// How many bytes of the path follow. It ends after `.rs`, where Rust may have stored the next string, so
/// that no byte is read twice.
pub(super) fn length(rest: &[u8]) -> usize {
    let mut last = [0; 2];
    for (index, byte) in rest.iter().enumerate() {
        if !is_of_path(*byte) {
            return index;
        }
        if last == *b".r" && *byte == b's' {
            return index + 1;
        }
        last = [last[1], *byte];
    }
    rest.len()
}

/// Without a sentence's full stop and similar characters.
pub(super) fn trimmed(run: &[u8]) -> &[u8] {
    let end = run.iter().rposition(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').map_or(0, |last| last + 1);
    run.get(..end).unwrap_or_default()
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(bytes, word).is_some()
}
