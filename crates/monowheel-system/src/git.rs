//! The git program: called so that no environment variable leads it to another repository, no password is
//! requested, and no setting of a checkout makes it start a program.
//!
//! A checkout that was unpacked from an archive has its own `.git/config`, and the hooks beside it. Settings
//! of the user and of the system are trusted: a proxy, a credential helper or Git LFS keeps working.

mod checkout;
mod settings;
#[cfg(all(test, unix))]
mod tests;

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};

use crate::exec::on_path;
use crate::exec::{Call, EmptyDir};

pub use checkout::Checkout;

/// Variables that would lead git to another repository, or `git config` to another file.
const ELSEWHERE: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
];

/// The program.
#[derive(Clone, Debug)]
pub struct Git {
    program: PathBuf,
}

impl Git {
    /// The first one on PATH.
    ///
    /// # Errors
    /// [`ErrorKind::Toolchain`] when there is none.
    pub fn find() -> Result<Self> {
        let missing = || Error::new(ErrorKind::Toolchain, "git is not installed").next("apt-get install git");
        Ok(Self { program: on_path("git").ok_or_else(missing)? })
    }

    /// A call with these arguments that does not concern a checkout, in an empty directory: git would read the settings
    /// of the checkout that contains the current directory. For a checkout, see [`Checkout`]. Paths must be absolute.
    ///
    /// # Errors
    /// When the directory cannot be created.
    pub fn call(&self, words: &[&str]) -> Result<Call> {
        let empty = EmptyDir::create()?;
        // A cache may be inside a checkout.
        let above = empty.path().parent().unwrap_or(empty.path()).to_path_buf();
        Ok(self.plain(words).env("GIT_CEILING_DIRECTORIES", above).in_dir(empty))
    }

    /// A call in a directory whose repository is monowheel's own, or the user's responsibility: its settings and hooks
    /// apply.
    pub fn trusting(&self, directory: &Path, words: &[&str]) -> Call {
        self.plain(words).dir(directory)
    }

    /// Disables repositories of other programs, such as `ext::sh -c …`, and password prompts.
    fn plain(&self, words: &[&str]) -> Call {
        let call = ELSEWHERE.iter().fold(Call::new(&self.program), Call::without_env);
        call.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh").args(words)
    }
}

/// A path as git writes it.
pub fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Whether a tag or a branch can have this name: according to git's check-ref-format, and never an option.
pub fn is_reference(text: &str) -> bool {
    let is_forbidden = |c: char| c.is_control() || c.is_whitespace() || "~^:?*[\\".contains(c);
    !text.is_empty()
        && !text.starts_with('-')
        && !text.contains("..")
        && !text.contains("@{")
        && !text.contains(is_forbidden)
}
