//! A file of a project, and its state in a directory.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::regular_file;
use monowheel_system::text_changes;
use serde::Serialize;

/// A file of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Relative to the project's directory, with `/`.
    pub path: String,
    /// Its text.
    pub(crate) text: String,
    /// Whether it is executable.
    pub(crate) executable: bool,
}

/// The state of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Exists with this text.
    Same,
    /// Missing.
    Missing,
    /// Exists with a different text, which is kept.
    Differs,
    /// Exists and will be edited: the additions are in the diff.
    Edited,
}

/// A file, and its planned changes.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// Relative to the project's directory, with `/`.
    pub path: String,
    /// Its state.
    pub state: State,
    /// How many lines it should have.
    pub lines: usize,
    /// A unified diff from the existing file; empty if that is the same or missing.
    pub diff: String,
    /// The existing text.
    #[serde(skip)]
    pub(super) before: Option<String>,
    /// The new text.
    #[serde(skip)]
    pub(super) after: String,
}

impl File {
    /// A file that is read, not run.
    pub(super) fn new(path: &str, text: impl Into<String>) -> Self {
        Self { path: path.to_owned(), text: text.into(), executable: false }
    }

    /// Compares it with a directory. An existing file that is not `edited` is kept.
    ///
    /// # Errors
    /// When it exists and cannot be read.
    pub(super) fn look(&self, folder: &Path, edited: bool) -> Result<Seen> {
        let before = text(&folder.join(&self.path))?;
        let after = match &before {
            // Additions to a file have its line endings.
            Some(before) if edited && before.contains("\r\n") => self.text.replace("\r\n", "\n").replace('\n', "\r\n"),
            _ => self.text.clone(),
        };
        // git may have checked it out with Windows line endings.
        let state = match &before {
            None => State::Missing,
            Some(text) if text.replace("\r\n", "\n") == self.text.replace("\r\n", "\n") => State::Same,
            Some(_) if edited => State::Edited,
            Some(_) => State::Differs,
        };
        let diff = match &before {
            Some(text) if state != State::Same => text_changes::diff(&self.path, Some(text), &after),
            _ => String::new(),
        };
        let lines = self.text.lines().count();
        Ok(Seen { path: self.path.clone(), state, lines, diff, before, after })
    }
}

/// The text of a file, or none if it does not exist.
///
/// # Errors
/// [`ErrorKind::Usage`] when it is not text; when it cannot be read.
pub(super) fn text(path: &Path) -> Result<Option<String>> {
    match regular_file::read_text(path) {
        Ok(text) => Ok(Some(text)),
        // A parent directory is a file.
        Err(error)
            if [std::io::ErrorKind::NotFound, std::io::ErrorKind::NotADirectory].contains(&error.kind())
                && fs_err::symlink_metadata(path).is_err() =>
        {
            Ok(None)
        }
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(Error::new(ErrorKind::Usage, "this file is not UTF-8, so it cannot be compared or edited")
                .at(path.display())
                .next("convert it (iconv -f latin1 -t utf-8), or move it elsewhere"))
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_the_same_missing_or_another() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let file = File::new("a/b.txt", "one\ntwo\n");
        let state = |edited| file.look(dir.path(), edited).map(|seen| seen.state);
        assert_eq!(state(false)?, State::Missing);
        fs_err::create_dir(dir.path().join("a"))?;
        fs_err::write(dir.path().join("a/b.txt"), "one\r\ntwo\r\n")?;
        assert_eq!(state(false)?, State::Same);
        fs_err::write(dir.path().join("a/b.txt"), "one\n")?;
        assert_eq!((state(false)?, state(true)?), (State::Differs, State::Edited));
        assert!(file.look(dir.path(), false)?.diff.contains("\n+two\n"));
        fs_err::write(dir.path().join("a/b.txt"), [0xff])?;
        let error = file.look(dir.path(), false).unwrap_err();
        assert!(error.what().contains("not UTF-8") && error.kind() == ErrorKind::Usage, "{error}");
        Ok(())
    }
}
