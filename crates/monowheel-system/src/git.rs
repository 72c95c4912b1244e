//! The git program: called so that no setting of the environment leads it to another repository, and nobody is asked.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};

use crate::exec::on_path;
use crate::exec::{Call, CancelToken};

/// Variables that would lead git to another repository.
const ELSEWHERE: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_COMMON_DIR",
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

    /// A call with these words. A repository of another program, as `ext::sh -c …` would start one, is none, and
    /// nobody is asked for a password.
    pub fn call(&self, words: &[&str]) -> Call {
        let call = ELSEWHERE.iter().fold(Call::new(&self.program), Call::without_env);
        call.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh").args(words)
    }

    /// The top of the checkout that has this folder, without links; none when it is in no checkout, or git cannot say it.
    pub fn top(&self, folder: &Path, limit: Duration, stop: &CancelToken) -> Option<PathBuf> {
        let said = self.call(&["rev-parse", "--show-toplevel"]).dir(folder).stdout(limit, stop).ok()?;
        fs_err::canonicalize(said.trim_end_matches(['\r', '\n'])).ok()
    }

    /// What is not as in the commit that is checked out, a line of `git status --porcelain` each: in the whole checkout
    /// that has the top folder `top`, but for what is in the folder `without`.
    ///
    /// # Errors
    /// When git cannot say it.
    pub fn changes(&self, top: &Path, without: &Path, limit: Duration, stop: &CancelToken) -> Result<Vec<String>> {
        let call = self.call(&["status", "--porcelain", "--untracked-files=normal", "--", ":/"]).dir(top);
        let call = match without.strip_prefix(top) {
            Ok(without) if without != Path::new("") => call.arg(format!(":(top,exclude,literal){}", slashed(without))),
            _ => call,
        };
        Ok(call.stdout(limit, stop)?.lines().map(str::to_owned).collect())
    }
}

/// As git writes a path.
pub fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Whether a tag or a branch can have this name: as git's check-ref-format has it, and never an option.
pub fn is_reference(text: &str) -> bool {
    let is_forbidden = |c: char| c.is_control() || c.is_whitespace() || "~^:?*[\\".contains(c);
    !text.is_empty()
        && !text.starts_with('-')
        && !text.contains("..")
        && !text.contains("@{")
        && !text.contains(is_forbidden)
}
