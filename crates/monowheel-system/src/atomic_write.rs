//! Files that appear whole or not at all: records that another run reads.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};

/// Writes `text` to a file beside `path` and renames that. A link stays one: what it leads to is written.
///
/// # Errors
/// When the folder cannot be written; nothing of it stays then. When there is something that is no file: whoever may
/// would rename over `/dev/null`.
pub fn write(path: &Path, text: impl AsRef<[u8]>) -> Result<()> {
    let found = fs_err::symlink_metadata(path).ok();
    let real = if found.as_ref().is_some_and(std::fs::Metadata::is_symlink) {
        fs_err::canonicalize(path)?
    } else {
        path.to_path_buf()
    };
    let path = real.as_path();
    if found.is_some() && !path.is_file() {
        return Err(Error::new(ErrorKind::Io, "this is no file that could be written anew").at(path.display()));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = path.with_file_name(format!(".{name}-{}", std::process::id()));
    let written = fs_err::write(&draft, text).and_then(|()| fs_err::rename(&draft, path));
    if written.is_err() {
        let _ = fs_err::remove_file(&draft);
    }
    Ok(written?)
}

/// What changes in a text, as a unified diff of the file `path`; `before` is none where there is no file yet.
#[must_use]
pub fn diff(path: &str, before: Option<&str>, after: &str) -> String {
    let old = before.map_or_else(|| "/dev/null".to_owned(), |_| format!("a/{path}"));
    similar::TextDiff::from_lines(before.unwrap_or_default(), after)
        .unified_diff()
        .header(&old, &format!("b/{path}"))
        .to_string()
}

/// A file that gets another text.
#[derive(Clone, Debug)]
pub struct Change {
    /// The file. Its folder is made where it is not there.
    pub path: PathBuf,
    /// What it had when it was looked at; none when it was not there.
    pub before: Option<String>,
    /// What it gets.
    pub after: String,
}

impl Change {
    fn undo(&self) -> Result<()> {
        match &self.before {
            Some(before) => write(&self.path, before),
            None => Ok(fs_err::remove_file(&self.path)?),
        }
    }
}

/// Writes every file, or none: when one cannot be written, those before it get back what they had.
///
/// # Errors
/// [`ErrorKind::Busy`] when a file is no longer as it was looked at; when one cannot be written.
pub fn write_all(changes: &[Change]) -> Result<()> {
    for Change { path, before, .. } in changes {
        let now = match fs_err::read_to_string(path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        if now != *before {
            return Err(Error::new(ErrorKind::Busy, "the file was changed meanwhile; nothing was written")
                .at(path.display())
                .next("run this again, and look at the new diff"));
        }
    }
    for (number, change) in changes.iter().enumerate() {
        let folder = change.path.parent().unwrap_or(Path::new(""));
        let made = fs_err::create_dir_all(folder).map_err(Error::from);
        let Err(error) = made.and_then(|()| write(&change.path, &change.after)) else { continue };
        let lost: Vec<String> = (changes[..number].iter())
            .filter(|done| done.undo().is_err())
            .map(|done| done.path.display().to_string())
            .collect();
        let (what, next) = if lost.is_empty() {
            ("every file is as before".to_owned(), "mend that, then run this again".to_owned())
        } else {
            (format!("{} could not be restored", lost.join(", ")), "git status shows them".to_owned())
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
        // What cannot be read for another reason than that it is not there is no file to write.
        assert!(write_all(&cannot).is_err());
        let draft = dir.path().join("new").join(format!(".c-{}", std::process::id()));
        fs_err::create_dir_all(&draft)?;
        let error = write_all(&[change("a", Some("old")), change("new/b", None), change("new/c", None)]).unwrap_err();
        assert!(error.what().contains("every file is as before"), "{error}");
        assert_eq!(fs_err::read_to_string(dir.path().join("a"))?, "old");
        assert!(!dir.path().join("new/b").exists());
        fs_err::remove_dir(draft)?;
        let busy = write_all(&[change("new/c", None), change("a", Some("other"))]).unwrap_err();
        assert_eq!(busy.kind(), ErrorKind::Busy);
        write_all(&[change("a", Some("old")), change("new/b", None), change("new/c", None)])?;
        assert_eq!(fs_err::read_to_string(dir.path().join("new/c"))?, "new");
        Ok(())
    }

    #[test]
    fn what_was_there_is_replaced_and_nothing_else_stays() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("it");
        for text in ["one", "two"] {
            write(&path, text)?;
            assert_eq!(fs_err::read_to_string(&path)?, text);
        }
        // A folder of that name cannot be replaced by a file.
        fs_err::create_dir_all(dir.path().join("taken/inside"))?;
        assert!(write(&dir.path().join("taken"), "text").is_err());
        assert_eq!(fs_err::read_dir(dir.path())?.count(), 2);
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_link_and_a_device_stay_what_they_are() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let (file, link) = (dir.path().join("file"), dir.path().join("link"));
        fs_err::write(&file, "old")?;
        fs_err::os::unix::fs::symlink("file", &link)?;
        write(&link, "new")?;
        assert!(fs_err::symlink_metadata(&link)?.is_symlink());
        assert_eq!(fs_err::read_to_string(&file)?, "new");
        // A socket stands for /dev/null, which whoever runs this may be allowed to replace.
        let socket = dir.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket)?;
        assert_eq!(write(&socket, "text").err().map(|error| error.kind()), Some(ErrorKind::Io));
        assert_eq!(fs_err::read_dir(dir.path())?.count(), 3);
        Ok(())
    }
}
