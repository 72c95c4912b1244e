//! The location of a project in its repository: workflows go to the root of it.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::git::slashed;

use crate::ci::validate::{self, Words};

/// A repository, and the project's directory in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// The root of the checkout; the project's own directory if there is none.
    pub(crate) top: PathBuf,
    /// The project's directory in it, with `/`; empty at the root.
    pub folder: String,
    /// Whether it is a git checkout.
    pub is_git: bool,
}

impl Checkout {
    /// The checkout that contains the project in the directory `root`. The git program is not needed.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when there is no such directory, or its name could not be written into a workflow.
    pub fn of(root: &Path) -> Result<Self> {
        if !root.is_dir() {
            return Err(Error::new(ErrorKind::Usage, "no such directory")
                .at(root.display())
                .next("pass the directory of the pyproject.toml: --project DIR"));
        }
        let root = fs_err::canonicalize(root)?;
        // A file in worktrees and submodules.
        let Some(top) = root.ancestors().find(|folder| folder.join(".git").exists()) else {
            return Ok(Self { top: root, folder: String::new(), is_git: false });
        };
        let folder = slashed(root.strip_prefix(top).unwrap_or(Path::new("")));
        if !folder.is_empty() {
            validate::word("the directory of the project in its repository", &folder, Words::Folder)?;
        }
        Ok(Self { top: top.to_path_buf(), folder, is_git: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_is_found_with_and_without_git() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("a repository ").tempdir()?;
        let top = fs_err::canonicalize(dir.path())?;
        let member = top.join("crates/a member");
        fs_err::create_dir_all(&member)?;
        let none = Checkout::of(&member)?;
        assert_eq!((none.top.as_path(), none.folder.as_str(), none.is_git), (member.as_path(), "", false));
        // As in a worktree.
        fs_err::write(top.join(".git"), "gitdir: elsewhere")?;
        let found = Checkout::of(&member)?;
        assert_eq!(
            (found.top.as_path(), found.folder.as_str(), found.is_git),
            (top.as_path(), "crates/a member", true)
        );
        assert_eq!(Checkout::of(&top)?.folder, "");
        let odd = top.join("a'b $(x)");
        fs_err::create_dir(&odd)?;
        assert!(Checkout::of(&odd).is_err_and(|error| error.kind() == ErrorKind::Usage));
        assert!(Checkout::of(&top.join("gone")).is_err());
        Ok(())
    }
}
