//! Changes to text files: shown as a diff, and written all together or not at all.

use std::path::{Path, PathBuf};

use crate::regular_file;
use monowheel_error::{Error, ErrorKind, Result};

use crate::atomic_write;

/// The change of a text, as a unified diff of the file `path`; `before` is none if the file does not exist yet.
#[must_use]
pub fn diff(path: &str, before: Option<&str>, after: &str) -> String {
    let old = before.map_or_else(|| "/dev/null".to_owned(), |_| format!("a/{path}"));
    similar::TextDiff::from_lines(before.unwrap_or_default(), after)
        .unified_diff()
        .header(&old, &format!("b/{path}"))
        .to_string()
}

/// A file with a new text.
#[derive(Clone, Debug)]
pub struct Change {
    /// The file. Its directory is created if it does not exist.
    pub path: PathBuf,
    /// Its old text; none if it did not exist.
    pub before: Option<String>,
    /// Its new text.
    pub after: String,
}

impl Change {
    fn undo(&self) -> Result<()> {
        match &self.before {
            Some(before) => atomic_write::write(&self.path, before),
            None => Ok(fs_err::remove_file(&self.path)?),
        }
    }
}

/// Writes every file, or none: if one cannot be written, the previous ones are restored.
///
/// # Errors
/// [`ErrorKind::Busy`] when a file has changed since it was read; when one cannot be written.
pub fn write_all(changes: &[Change]) -> Result<()> {
    for Change { path, before, .. } in changes {
        let now = match regular_file::read_text(path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        if now != *before {
            return Err(Error::new(ErrorKind::Busy, "the file changed in the meantime; nothing was written")
                .at(path.display())
                .next("run the command again, and check the new diff"));
        }
    }
    for (number, change) in changes.iter().enumerate() {
        let folder = change.path.parent().unwrap_or(Path::new(""));
        let made = fs_err::create_dir_all(folder).map_err(Error::from);
        let Err(error) = made.and_then(|()| atomic_write::write(&change.path, &change.after)) else { continue };
        let lost: Vec<String> = (changes[..number].iter())
            .filter(|done| done.undo().is_err())
            .map(|done| done.path.display().to_string())
            .collect();
        let (what, next) = if lost.is_empty() {
            ("every file is unchanged".to_owned(), "fix that, then run the command again".to_owned())
        } else {
            (format!("{} could not be restored", lost.join(", ")), "see `git status`".to_owned())
        };
        return Err(Error::new(error.kind(), format!("{}; {what}", error.what())).at(change.path.display()).next(next));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_are_written_or_none() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let change = |name: &str, before: Option<&str>| Change {
            path: dir.path().join(name),
            before: before.map(str::to_owned),
            after: "new".to_owned(),
        };
        fs_err::write(dir.path().join("a"), "old")?;
        fs_err::write(dir.path().join("taken"), "a file where a folder has to be")?;
        let cannot = [change("a", Some("old")), change("new/b", None), change("taken/c", None)];
        // A file that cannot be read, for another reason than that it does not exist, is not written either.
        assert!(write_all(&cannot).is_err());
        // The first file is in the place of the directory that the second one needs.
        let error = write_all(&[change("a", Some("old")), change("new", None), change("new/c", None)]).unwrap_err();
        assert!(error.what().contains("every file is unchanged"), "{error}");
        assert_eq!(fs_err::read_to_string(dir.path().join("a"))?, "old");
        assert!(!dir.path().join("new").exists());
        let busy = write_all(&[change("new/c", None), change("a", Some("other"))]).unwrap_err();
        assert_eq!(busy.kind(), ErrorKind::Busy);
        write_all(&[change("a", Some("old")), change("new/b", None), change("new/c", None)])?;
        assert_eq!(fs_err::read_to_string(dir.path().join("new/c"))?, "new");
        Ok(())
    }
}
