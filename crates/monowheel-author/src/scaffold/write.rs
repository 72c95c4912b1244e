//! Writes a directory completely or not at all.
//!
//! The files are written into a directory next to it, whose name begins with a dot, which is then renamed. If the
//! process is killed, that directory remains, never half a project.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::CancelToken;

use crate::scaffold::file::File;

/// Writes the files into a directory that does not exist, or is empty except for entries that `is_left` keeps.
///
/// `finish` may add files before the directory gets its place. An existing directory is kept: it may be a shell's
/// current directory.
///
/// # Errors
/// When a file cannot be written, and after `stop`; everything that was created is then removed.
pub(super) fn whole(
    folder: &Path,
    files: &[File],
    stop: &CancelToken,
    finish: &mut dyn FnMut(&Path) -> Result<()>,
) -> Result<()> {
    let is_there = folder.is_dir();
    let parent = if is_there { folder } else { folder.parent().unwrap_or(folder) };
    let made = Parents::make(parent).map_err(elsewhere)?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let draft = tempfile::Builder::new().prefix(&format!(".{name}-")).tempdir_in(parent).map_err(|error| {
        elsewhere(std::io::Error::new(error.kind(), format!("cannot write to `{}`: {error}", parent.display())))
    })?;
    // The draft itself is private; its contents have the permissions of any new directory.
    let project = draft.path().join("project");
    for file in files {
        stop.check()?;
        write(&project, file).map_err(elsewhere)?;
    }
    finish(&project)?;
    stop.check()?;
    if is_there {
        moved(&project, folder)?;
    } else {
        fs_err::rename(&project, folder).map_err(|error| {
            Error::new(ErrorKind::Busy, format!("could not rename the directory: {error}"))
                .at(folder.display())
                .next("check the directory, which was created meanwhile, and run this again")
        })?;
    }
    made.keep();
    Ok(())
}

fn write(project: &Path, file: &File) -> std::io::Result<()> {
    let path = project.join(&file.path);
    fs_err::create_dir_all(path.parent().unwrap_or(project))?;
    fs_err::write(&path, &file.text)?;
    #[cfg(unix)]
    if file.executable {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs_err::metadata(&path)?.permissions().mode();
        // Executable for everyone who may read it.
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(mode | (mode & 0o444) >> 2))?;
    }
    Ok(())
}

/// Moves each entry into an existing directory, or moves all of them back.
fn moved(project: &Path, folder: &Path) -> Result<()> {
    let mut done: Vec<(PathBuf, PathBuf)> = Vec::new();
    for entry in fs_err::read_dir(project)? {
        let entry = entry?;
        let (from, to) = (entry.path(), folder.join(entry.file_name()));
        // rename would replace a file that was created meanwhile.
        let moved = if fs_err::symlink_metadata(&to).is_ok() {
            Err(std::io::Error::new(std::io::ErrorKind::AlreadyExists, format!("`{}` exists", to.display())))
        } else {
            fs_err::rename(&from, &to)
        };
        if let Err(error) = moved {
            for (from, to) in done.iter().rev() {
                let _ = fs_err::rename(to, from);
            }
            return Err(elsewhere(error));
        }
        done.push((from, to));
    }
    Ok(())
}

/// An error of writing, with the option for another directory.
fn elsewhere(error: std::io::Error) -> Error {
    let what = error.to_string();
    match error.kind() {
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            Error::new(ErrorKind::Io, what).next("choose a writable directory with --path; nothing was written")
        }
        _ => error.into(),
    }
}

/// Parent directories that were created; they are removed again unless they are kept.
struct Parents {
    made: Vec<PathBuf>,
}

impl Parents {
    fn make(folder: &Path) -> std::io::Result<Self> {
        let made = folder.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists());
        let parents = Self { made: made.map(Path::to_path_buf).collect() };
        fs_err::create_dir_all(folder)?;
        Ok(parents)
    }

    fn keep(mut self) {
        self.made.clear();
    }
}

impl Drop for Parents {
    fn drop(&mut self) {
        for folder in &self.made {
            // If other files were created there, the directory is kept.
            let _ = std::fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> [File; 3] {
        let mut script = File::new("debug/run", "#!/bin/sh\n");
        script.executable = true;
        [File::new("a", "one\n"), File::new("b/c", ""), script]
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs_err::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_that_is_not_there_appears_with_all_its_parents() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("x y/ü/project");
        whole(&folder, &files(), &CancelToken::default(), &mut |project| Ok(fs_err::write(project.join("more"), "")?))
            .unwrap();
        assert_eq!(names(&folder), ["a", "b", "debug", "more"]);
        assert_eq!(names(&dir.path().join("x y/ü")), ["project"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &str| fs_err::metadata(folder.join(path)).unwrap().permissions().mode();
            assert_eq!((mode("debug/run") & 0o111 != 0, mode("a") & 0o111), (true, 0));
            assert_eq!(mode("."), fs_err::metadata(dir.path().join("x y")).unwrap().permissions().mode());
        }
    }

    #[test]
    fn a_folder_that_is_there_is_filled() {
        let dir = tempfile::tempdir().unwrap();
        fs_err::create_dir(dir.path().join(".git")).unwrap();
        whole(dir.path(), &files(), &CancelToken::default(), &mut |_| Ok(())).unwrap();
        assert_eq!(names(dir.path()), [".git", "a", "b", "debug"]);
    }

    #[test]
    fn what_fails_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let (stop, folder) = (CancelToken::default(), dir.path().join("parents/of/project"));
        let failed = whole(&folder, &files(), &stop, &mut |_| Err(Error::new(ErrorKind::Tool, "no")));
        assert_eq!(failed.unwrap_err().what(), "no");
        assert_eq!(names(dir.path()), [""; 0]);
        // A file is in the way: all others are moved back.
        fs_err::write(dir.path().join("debug"), "").unwrap();
        assert!(whole(dir.path(), &files(), &stop, &mut |_| Ok(())).is_err());
        assert_eq!(names(dir.path()), ["debug"]);
        // A parent directory is a file.
        assert!(whole(&dir.path().join("debug/project"), &files(), &stop, &mut |_| Ok(())).is_err());
        // Another process was faster.
        let taken = dir.path().join("taken");
        let faster = whole(&taken, &files(), &stop, &mut |_| {
            fs_err::create_dir(&taken)?;
            Ok(fs_err::write(taken.join("theirs"), "")?)
        });
        assert_eq!(faster.unwrap_err().kind(), ErrorKind::Busy);
        assert_eq!(
            (names(&taken), names(dir.path())),
            (vec!["theirs".to_owned()], vec!["debug".into(), "taken".into()])
        );
        stop.set();
        let stopped = whole(&dir.path().join("new"), &files(), &stop, &mut |_| Ok(()));
        assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Interrupted);
        assert_eq!(names(dir.path()), ["debug", "taken"]);
    }
}
