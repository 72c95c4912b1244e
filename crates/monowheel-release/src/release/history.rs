//! The git state of a project: its commit, its changes, its tags here and in a remote repository.

use std::path::Path;
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{CancelToken, Captured, last_lines};
use monowheel_system::git::{Checkout, Git};

/// Time limit for a local git command.
const LIMIT: Duration = Duration::from_secs(120);
/// Time limit for a remote repository.
const REMOTE: Duration = Duration::from_secs(60);

/// A checkout.
#[derive(Clone, Debug)]
pub(super) struct History {
    checkout: Checkout,
    stop: CancelToken,
}

/// A tag of this repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// The object it points to: a tag or a commit.
    pub(super) object: String,
    /// The commit it resolves to.
    pub(super) commit: String,
    /// Its message; `None` for a lightweight tag.
    pub(super) message: Option<String>,
}

impl History {
    /// The checkout that contains this directory.
    ///
    /// # Errors
    /// [`ErrorKind::Toolchain`] without git, [`ErrorKind::Project`] when the directory is not in a checkout.
    pub(super) fn open(folder: &Path, stop: &CancelToken) -> Result<Self> {
        Ok(Self { checkout: Git::find()?.checkout(folder, LIMIT, stop)?, stop: stop.clone() })
    }

    fn asked(&self, words: &[&str]) -> Result<Captured> {
        self.checkout.call(words).capture(LIMIT, &self.stop)
    }

    /// The commit that is checked out, on a branch or not.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when there is none yet.
    pub(super) fn head(&self) -> Result<String> {
        let asked = self.asked(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])?;
        if asked.status.success() {
            return Ok(asked.stdout.trim().to_owned());
        }
        Err(Error::new(ErrorKind::Project, "there is no commit yet")
            .at(self.checkout.top().display())
            .next("git add -A && git commit"))
    }

    /// Whether the clone is shallow, so that tags may be missing.
    pub(super) fn is_shallow(&self) -> Result<bool> {
        Ok(self.asked(&["rev-parse", "--is-shallow-repository"])?.stdout.trim() == "true")
    }

    /// Uncommitted changes, except in the directory of the distributions.
    pub(super) fn changes(&self, set: &Path) -> Result<Vec<String>> {
        let set = fs_err::canonicalize(set).unwrap_or_else(|_| set.to_path_buf());
        self.checkout.changes(&set, LIMIT, &self.stop)
    }

    /// Which of these files differ from what is committed.
    pub(super) fn changed(&self, files: &[&Path]) -> Result<Vec<String>> {
        // A path is a name, never a pattern.
        let call = self.checkout.status().arg("--").args(files).env("GIT_LITERAL_PATHSPECS", "1");
        Ok(call.stdout(LIMIT, &self.stop)?.lines().map(str::to_owned).collect())
    }

    /// A tag of this repository.
    ///
    /// # Errors
    /// When git fails, or the tag does not resolve to a commit.
    pub(super) fn tag(&self, name: &str) -> Result<Option<Tag>> {
        let full = format!("refs/tags/{name}");
        let object = self.asked(&["rev-parse", "--verify", "--quiet", &full])?;
        if !object.status.success() {
            return Ok(None);
        }
        let commit = self.asked(&["rev-parse", "--verify", "--quiet", &format!("{full}^{{commit}}")])?;
        if !commit.status.success() {
            return Err(Error::new(ErrorKind::Project, format!("the tag {name} does not point to a commit"))
                .at(self.checkout.top().display())
                .next(format!("inspect it with git cat-file -p {name}")));
        }
        let is_object = self.asked(&["cat-file", "-t", &full])?.stdout.trim() == "tag";
        let message = if is_object {
            let said = self.asked(&["cat-file", "tag", &full])?.stdout;
            said.split_once("\n\n").map(|(_, message)| message.to_owned())
        } else {
            None
        };
        Ok(Some(Tag { object: object.stdout.trim().to_owned(), commit: commit.stdout.trim().to_owned(), message }))
    }

    /// The remote to query: the one of this name, else `origin`, else the only one.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when there is none, or several to choose from.
    pub(super) fn remote(&self, named: &str) -> Result<String> {
        let known: Vec<String> = self.asked(&["remote"])?.stdout.lines().map(str::to_owned).collect();
        let found = match known.as_slice() {
            _ if !named.is_empty() => known.iter().find(|known| *known == named),
            [one] => Some(one),
            all => all.iter().find(|known| *known == "origin"),
        };
        found.cloned().ok_or_else(|| {
            let what = if named.is_empty() {
                "could not determine which remote to check".to_owned()
            } else {
                format!("no remote {named:?}")
            };
            let known = if known.is_empty() {
                "git remote add origin URL".to_owned()
            } else {
                format!("choose one: --remote {}", known.join(", or "))
            };
            Error::new(ErrorKind::Usage, what).at(self.checkout.top().display()).next(known)
        })
    }

    /// A tag in a remote repository: its object, and the commit it resolves to.
    ///
    /// # Errors
    /// [`ErrorKind::Tool`] when the remote cannot be queried.
    pub(super) fn tag_at(&self, remote: &str, name: &str) -> Result<Option<Tag>> {
        let full = format!("refs/tags/{name}");
        let peeled = format!("{full}^{{}}");
        let words = ["ls-remote", "--quiet", "--", remote, &full, &peeled];
        let asked = self.checkout.call(&words).capture(REMOTE, &self.stop);
        let refused = |why: &str| {
            Error::new(ErrorKind::Tool, format!("could not query the remote\n{why}")).at(remote).next(format!(
                "run git ls-remote --tags {remote} to see the error; leave out --remote to check only this repository"
            ))
        };
        let asked = match asked {
            Err(error) if error.kind() == ErrorKind::Tool => return Err(refused(error.what())),
            asked => asked?,
        };
        if !asked.status.success() {
            return Err(refused(&last_lines(&asked.stderr, 4)));
        }
        let of = |wanted: &str| {
            let mut lines = asked.stdout.lines().filter_map(|line| line.split_once('\t'));
            lines.find(|(_, reference)| *reference == wanted).map(|(object, _)| object.to_owned())
        };
        let Some(object) = of(&full) else { return Ok(None) };
        Ok(Some(Tag { commit: of(&peeled).unwrap_or_else(|| object.clone()), object, message: None }))
    }

    /// Creates a tag object on a commit, with the text of a file as its message; an existing tag is not replaced. This
    /// changes the user's own repository, whose settings and hooks apply: the key, the signing program, hooks.
    ///
    /// # Errors
    /// [`ErrorKind::Tool`] with git's message.
    pub(super) fn make_tag(&self, name: &str, commit: &str, message: &Path, is_signed: bool) -> Result<()> {
        let kind = if is_signed { "--sign" } else { "--annotate" };
        let file = format!("--file={}", message.display());
        let words = ["tag", kind, &file, "--cleanup=verbatim", "--", name, commit];
        let made = self.checkout.git().trusting(self.checkout.top(), &words).capture(LIMIT, &self.stop)?;
        if made.status.success() {
            return Ok(());
        }
        let said = last_lines(&made.stderr, 8);
        let next = if is_signed {
            "run git config user.signingkey KEY (and gpg.format ssh for an SSH key), and start its agent; or leave out --sign"
        } else {
            "fix what git reports above, and set git config user.name and user.email"
        };
        Err(Error::new(ErrorKind::Tool, format!("git could not create the tag\n{said}")).at(name).next(next))
    }
}
