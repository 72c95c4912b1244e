//! An empty directory for running a program that is only queried.
//!
//! Python, rustup, git, pyenv and others read settings, or import modules, from the directory that they run in and from
//! those above it. This one is in the user's own cache: the system's temporary directory is shared, and
//! anyone may put a `rust-toolchain.toml` or a `.python-version` there.

use std::path::Path;
use std::sync::Arc;

use monowheel_error::Result;
use tempfile::TempDir;

use crate::cache_root;

/// An empty directory that is removed with its last owner.
#[derive(Clone, Debug)]
pub struct EmptyDir(Arc<TempDir>);

impl EmptyDir {
    /// Creates one.
    ///
    /// # Errors
    /// When the user's cache cannot be named or written.
    pub fn create() -> Result<Self> {
        let parent = cache_root::root()?.join("empty");
        fs_err::create_dir_all(&parent)?;
        Ok(Self(Arc::new(tempfile::Builder::new().prefix("run-").tempdir_in(parent)?)))
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}
