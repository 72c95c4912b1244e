//! Locks between processes: one build at a time in one directory, and no leftovers of a killed one.

use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

use fs4::{FileExt, TryLockError};
use monowheel_error::Result;

use crate::exec::CancelToken;

/// A locked file, unlocked when dropped or when the process ends for any reason.
#[derive(Debug)]
pub struct Lock {
    _file: std::fs::File,
}

impl Lock {
    /// Locks the file at `path`; while another process holds it, waits, and calls `waiting` once with the
    /// holder (the text that the holder wrote into the file).
    ///
    /// # Errors
    /// When the file cannot be created or locked, or Ctrl-C ends the wait.
    pub fn acquire(path: &Path, stop: &CancelToken, waiting: impl FnOnce(&str)) -> Result<Self> {
        let mut file = open(path)?;
        let mut waiting = Some(waiting);
        loop {
            // By its full path: std has a method of this name since 1.89, above our minimum version.
            match FileExt::try_lock(&file) {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
            if let Some(waiting) = waiting.take() {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                // A process that has just acquired it may not have written its name yet.
                waiting(Some(holder.trim()).filter(|holder| !holder.is_empty()).unwrap_or("another process"));
            }
            stop.check()?;
            std::thread::sleep(Duration::from_millis(100));
        }
        file.set_len(0)?;
        file.rewind()?;
        write!(file, "process {}", std::process::id())?;
        file.flush()?;
        Ok(Self { _file: file })
    }

    /// Locks the file at `path` unless another process holds it, or it cannot be locked.
    #[must_use]
    pub fn if_free(path: &Path) -> Option<Self> {
        let file = open(path).ok()?;
        FileExt::try_lock(&file).ok()?;
        Some(Self { _file: file })
    }
}

fn open(path: &Path) -> Result<std::fs::File> {
    Ok(fs_err::OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?.into_file())
}

/// Removes the directories that a killed process left behind. Only for the holder of the lock.
pub fn sweep(folder: &Path, prefix: &str) {
    for entry in fs_err::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            let _ = fs_err::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_waits_and_is_told_for_whom() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("lock");
        let first = Lock::acquire(&path, &CancelToken::default(), |_| {})?;
        let stop = CancelToken::default();
        let mut told = String::new();
        let second = Lock::acquire(&path, &stop.clone(), |holder| {
            holder.clone_into(&mut told);
            stop.set();
        });
        assert!(second.is_err());
        assert_eq!(told, format!("process {}", std::process::id()));
        drop(first);
        assert!(Lock::acquire(&path, &CancelToken::default(), |_| {}).is_ok());
        Ok(())
    }
}
