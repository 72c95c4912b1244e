//! A file that a project shall have, and how it stands in a folder.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::regular_file;
use monowheel_system::text_changes;
use serde::Serialize;

/// A file of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// From the project's folder, with `/`.
    pub path: String,
    /// All of it.
    pub(crate) text: String,
    /// Whether it is a program.
    pub(crate) executable: bool,
}

/// How a file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// There, with this text.
    Same,
    /// Not there.
    Missing,
    /// There, with another text, which stays.
    Differs,
    /// There, and to be edited: what is added is in the diff.
    Edited,
}

/// A file, and what would change in it.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// From the project's folder, with `/`.
    pub path: String,
    /// How it stands.
    pub state: State,
    /// How many lines it is to have.
    pub lines: usize,
    /// A unified diff from what is there; empty when that is the same, or nothing is there.
    pub diff: String,
    /// What is there.
    #[serde(skip)]
    pub(super) before: Option<String>,
    /// What is to be there.
    #[serde(skip)]
    pub(super) after: String,
}

impl File {
    /// A file that is read, not run.
    pub(super) fn new(path: &str, text: impl Into<String>) -> Self {
        Self { path: path.to_owned(), text: text.into(), executable: false }
    }

    /// Looks whether it is in a folder. What is there and is not `edited` stays as it is.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub(super) fn look(&self, folder: &Path, edited: bool) -> Result<Seen> {
        let before = text(&folder.join(&self.path))?;
        let after = match &before {
            // What is added to a file has the line breaks of the rest.
            Some(before) if edited && before.contains("\r\n") => self.text.replace("\r\n", "\n").replace('\n', "\r\n"),
            _ => self.text.clone(),
        };
        // git may have checked it out with the line breaks of Windows.
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

/// The text of a file, or none when there is none.
///
/// # Errors
/// [`ErrorKind::Usage`] when it is no text; when it cannot be read.
pub(super) fn text(path: &Path) -> Result<Option<String>> {
    match regular_file::read_text(path) {
        Ok(text) => Ok(Some(text)),
        // A folder on the way is a file.
        Err(error)
            if [std::io::ErrorKind::NotFound, std::io::ErrorKind::NotADirectory].contains(&error.kind())
                && fs_err::symlink_metadata(path).is_err() =>
        {
            Ok(None)
        }
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(Error::new(ErrorKind::Usage, "this file is not UTF-8, so nothing in it can be compared or edited")
                .at(path.display())
                .next("convert it (iconv -f latin1 -t utf-8), or move it away"))
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
