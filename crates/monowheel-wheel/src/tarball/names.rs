//! Decides which members may be unpacked: regular files and directories in one top directory, each at a unique path.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use monowheel_error::{Error, ErrorKind, Result};

use crate::tarball::{Kind, Member};

/// The maximum number of directories above a file.
const DEEPEST: usize = 64;
/// The maximum length of a path: less than any system's limit, with room for the directory that it is unpacked into.
const LONGEST: usize = 1024;
/// The maximum number of directories, including those that occur only in a file's path.
const MOST_DIRECTORIES: usize = 50_000;
/// Names that are devices on Windows, with any extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// How a machine's file system interprets names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSystem {
    /// Whether names that differ only in case are one name.
    pub folds_case: bool,
    /// Whether Windows' rules for names apply.
    pub is_windows: bool,
}

impl FileSystem {
    /// The file system of this machine.
    pub const HERE: Self = Self { folds_case: cfg!(any(windows, target_vendor = "apple")), is_windows: cfg!(windows) };
}

/// The names of an archive's members so far.
#[derive(Debug)]
pub struct Names {
    system: FileSystem,
    top: Option<String>,
    files: BTreeSet<String>,
    directories: BTreeSet<String>,
    /// In lower case → as written, if the file system ignores case.
    folded: BTreeMap<String, String>,
}

impl Names {
    /// No names yet, for a file system.
    #[must_use]
    pub const fn new(system: FileSystem) -> Self {
        Self { system, top: None, files: BTreeSet::new(), directories: BTreeSet::new(), folded: BTreeMap::new() }
    }

    /// The top-level directory.
    #[must_use]
    pub fn top(&self) -> Option<&str> {
        self.top.as_deref()
    }

    /// The file of a member, relative to where the archive is unpacked, and whether it occurred before; `None` for
    /// a directory.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] when it is neither, or cannot be unpacked to a unique path.
    pub fn add(&mut self, member: &Member) -> Result<Option<(PathBuf, bool)>> {
        let refused = |why: String| Error::new(ErrorKind::Format, format!("member {} {why}", member.shown()));
        if !matches!(member.kind, Kind::File | Kind::Directory) {
            return Err(refused(format!("is {}, not a regular file", member.kind.word())));
        }
        let path = plain(&member.path, self.system).map_err(|why| refused(why.to_owned()))?;
        let top = path.split('/').next().unwrap_or(path);
        if *self.top.get_or_insert_with(|| top.to_owned()) != *top {
            return Err(refused(format!(
                "is in a second top-level directory; the first is {}",
                self.top.clone().unwrap_or_default()
            )));
        }
        let is_file = member.kind == Kind::File;
        if is_file && path == top {
            return Err(refused("is not in a directory".to_owned()));
        }
        let folder = if is_file { path.rsplit_once('/').map_or("", |(folder, _)| folder) } else { path };
        self.directory(folder).map_err(refused)?;
        if !is_file {
            return Ok(None);
        }
        if self.directories.contains(path) {
            return Err(refused("is both a file and a directory".to_owned()));
        }
        self.fold(path).map_err(refused)?;
        let again = !self.files.insert(path.to_owned());
        Ok(Some((path.split('/').collect(), again)))
    }

    /// Adds a directory and its parents.
    fn directory(&mut self, path: &str) -> Result<(), String> {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        for directory in ends.filter_map(|end| path.get(..end)).filter(|path| !path.is_empty()) {
            if self.files.contains(directory) {
                return Err(format!("needs a directory where {directory} is a file"));
            }
            if self.directories.contains(directory) {
                continue;
            }
            self.fold(directory)?;
            self.directories.insert(directory.to_owned());
            if self.directories.len() > MOST_DIRECTORIES {
                return Err(format!("is in one of more than {MOST_DIRECTORIES} directories"));
            }
        }
        Ok(())
    }

    /// Rejects a name that this file system treats as another one.
    fn fold(&mut self, path: &str) -> Result<(), String> {
        if !self.system.folds_case {
            return Ok(());
        }
        let known = self.folded.entry(path.to_lowercase()).or_insert_with(|| path.to_owned());
        if known == path { Ok(()) } else { Err(format!("differs from {known} only in case")) }
    }
}

/// The path as text, without the trailing slash of a directory; else the problem.
fn plain(path: &[u8], system: FileSystem) -> Result<&str, &'static str> {
    let path = std::str::from_utf8(path).map_err(|_| "has a name that is not UTF-8")?;
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.len() > LONGEST {
        return Err("has a path of more than 1024 bytes");
    }
    if path.chars().any(char::is_control) {
        return Err("has a control character in its name");
    }
    if path.contains('\\') {
        return Err("has a backslash in its name");
    }
    if path.split('/').count() > DEEPEST {
        return Err("is in more than 64 directories");
    }
    for part in path.split('/') {
        if matches!(part, "" | "." | "..") {
            return Err("has a path that is not plain: it is absolute, or has an empty part, `.` or `..`");
        }
        if part.len() > 255 {
            return Err("has a name of more than 255 bytes");
        }
        if system.is_windows && !is_windows_name(part) {
            return Err("has a name that Windows does not allow");
        }
    }
    Ok(path)
}

fn is_windows_name(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end().to_ascii_lowercase();
    let is_port = ["com", "lpt"].iter().any(|port| {
        stem.strip_prefix(port).is_some_and(|number| {
            matches!(number, "¹" | "²" | "³") || (number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit()))
        })
    });
    !part.contains([':', '<', '>', '"', '|', '?', '*'])
        && !part.ends_with(['.', ' '])
        && !is_port
        && !DEVICES.contains(&stem.as_str())
}
