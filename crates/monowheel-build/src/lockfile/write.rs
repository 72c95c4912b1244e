//! Writes the lock: atomically, and never over a change that another program made in the meantime.

use std::io;
use std::path::PathBuf;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::atomic_write;
use monowheel_system::cache;
use monowheel_system::exec::CancelToken;
use monowheel_system::hash::sha256;
use monowheel_system::lock::Lock;
use monowheel_system::regular_file;

/// A lock that a build has to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    pub(super) path: PathBuf,
    /// The text when the lock was read; `None` when there was none.
    pub(super) before: Option<String>,
    pub(super) text: String,
    /// The note for the user.
    pub(super) told: String,
}

impl Pending {
    /// Writes it and returns the note; nothing when another build has written the same.
    ///
    /// # Errors
    /// [`ErrorKind::Busy`] when the file has changed since it was read, and when it cannot be written.
    pub fn write(&self, stop: &CancelToken) -> Result<Option<&str>> {
        let locks = cache::root()?.join("locks");
        fs_err::create_dir_all(&locks)?;
        let name = &sha256(self.path.as_os_str().as_encoded_bytes())[..16];
        let _lock = Lock::acquire(&locks.join(format!("lock-{name}")), stop, |_| {})?;
        let now = match regular_file::read_text(&self.path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(Error::from(error).at(self.path.display())),
        };
        if now.as_ref() == Some(&self.text) {
            return Ok(None);
        }
        if now != self.before {
            return Err(Error::new(ErrorKind::Busy, "the lock changed while this build was being planned")
                .at(self.path.display())
                .next("run the command again: it reads the lock as it is now"));
        }
        atomic_write::write(&self.path, &self.text).map_err(|error| {
            error
                .at(self.path.display())
                .next("build once where the project is writable, and commit the lock; or build without one: --no-lock")
        })?;
        Ok(Some(&self.told))
    }
}
