//! A git repository as the source: `REPO[@REF][#subdirectory=DIR]`, cloned through the git program.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, last_lines};
use monowheel_system::git::{Git, is_reference};

/// How long one step of git may take.
const LIMIT: Duration = Duration::from_secs(1800);
/// The repository that the user named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// A URL, or a path.
    pub(crate) place: String,
    /// A tag, a branch or a commit; without one, the checked out commit.
    pub(crate) reference: Option<String>,
    /// The project's directory in it.
    pub(crate) folder: PathBuf,
}

/// A clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// The project's directory.
    pub project: PathBuf,
    /// The commit.
    pub commit: String,
}

impl Repository {
    /// Parses `REPO[@REF][#subdirectory=DIR]`; an existing path is a path, whatever characters are in its name.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when git would treat a part of it as an option, or a reference cannot have this name.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |what: String| {
            Error::new(ErrorKind::Usage, what)
                .at(format!("--source {text}"))
                .next("write --source REPO@TAG, where REPO is a URL or a path")
        };
        let (rest, folder) = match text.split_once("#subdirectory=") {
            Some((rest, folder)) if !Path::new(text).exists() => (rest, PathBuf::from(folder)),
            _ => (text, PathBuf::new()),
        };
        if !folder.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(wrong(format!("{} is not a directory inside a repository", folder.display())));
        }
        let (place, reference) = if Path::new(rest).exists() {
            (rest, None)
        } else {
            match rest[path_start(rest)..].rsplit_once('@') {
                Some((_, reference)) => (&rest[..rest.len() - reference.len() - 1], Some(reference)),
                None => (rest, None),
            }
        };
        if place.is_empty() || place.starts_with('-') || place.chars().any(char::is_control) {
            return Err(wrong("not a valid repository".to_owned()));
        }
        if let Some(reference) = reference.filter(|reference| !is_reference(reference)) {
            return Err(wrong(format!("{reference:?} is not a valid tag, branch or commit")));
        }
        Ok(Self { place: place.to_owned(), reference: reference.map(str::to_owned), folder })
    }

    /// Its URL or path without a user's name and password.
    #[must_use]
    pub fn shown(&self) -> String {
        let Some((scheme, rest)) = self.place.split_once("://") else { return self.place.clone() };
        let host = rest.find('/').unwrap_or(rest.len());
        let begin = rest[..host].rfind('@').map_or(0, |at| at + 1);
        format!("{scheme}://{}", &rest[begin..])
    }

    /// Clones it into `to`, which must not exist, and checks out the reference. No hook is run, no submodule is
    /// fetched, and nobody is asked for a password.
    ///
    /// # Errors
    /// When git is missing, it cannot clone, or the repository has no such reference.
    pub fn checkout(&self, to: &Path, stop: &CancelToken) -> Result<Checkout> {
        let git = Git::find()?;
        let (place, folder) = self.top(&git, stop)?;
        // Bytes as they were committed, and nothing from a template, which could have hooks.
        let settings = ["-c", "core.autocrlf=false", "-c", "core.hooksPath=/dev/null"];
        let to = &std::path::absolute(to)?;
        let clone = git.call(&["clone", "--quiet", "--no-checkout", "--template="])?.args(settings);
        run(&clone.args(["--", &place]).arg(to), "clone", &self.shown(), stop)?;
        // The clone has git's own settings: those of its source are not copied.
        let commit = self.resolve(&|words| git.trusting(to, words), stop)?;
        let checkout = git.trusting(to, &settings).args(["checkout", "--quiet", "--detach", &commit]);
        run(&checkout, "check out", &self.shown(), stop)?;
        let project = to.join(&folder);
        if project.join("pyproject.toml").is_file() {
            return Ok(Checkout { project, commit });
        }
        Err(Error::new(ErrorKind::Usage, "no pyproject.toml there")
            .at(format!("{} in {}", Path::new(".").join(&folder).display(), self.shown()))
            .next("name the project's directory in the repository: --source 'REPO@TAG#subdirectory=DIR'"))
    }

    /// The repository to clone, and the project's directory in it: a path may be a directory inside a checkout.
    fn top(&self, git: &Git, stop: &CancelToken) -> Result<(String, PathBuf)> {
        let local = Path::new(&self.place);
        if !local.exists() {
            return Ok((self.place.clone(), self.folder.clone()));
        }
        let local = fs_err::canonicalize(local)?;
        // A bare repository has none.
        let checkout = git.checkout(&local, LIMIT, stop).ok();
        let top = checkout.map_or_else(|| local.clone(), |checkout| checkout.top().to_path_buf());
        let inside = local.strip_prefix(&top).unwrap_or(Path::new("")).join(&self.folder);
        // By components: an empty directory leaves a trailing separator.
        Ok((top.display().to_string(), inside.components().collect()))
    }

    /// The commit that the reference names: a tag first, then a branch, then a commit.
    fn resolve(&self, call: &dyn Fn(&[&str]) -> Call, stop: &CancelToken) -> Result<String> {
        let candidates = match &self.reference {
            None => vec!["HEAD".to_owned()],
            Some(name) => {
                let is_commit = (4..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_hexdigit());
                let named = [format!("refs/tags/{name}"), format!("refs/remotes/origin/{name}")];
                named.into_iter().chain(is_commit.then(|| name.clone())).collect()
            }
        };
        for candidate in candidates {
            let words = ["rev-parse", "--verify", "--quiet", &format!("{candidate}^{{commit}}")];
            let found = call(&words).capture(LIMIT, stop)?;
            if found.status.success() {
                return Ok(found.stdout.trim().to_owned());
            }
        }
        let name = self.reference.as_deref().unwrap_or("HEAD");
        Err(Error::new(ErrorKind::Usage, format!("the repository has no tag, branch or commit {name}"))
            .at(self.shown())
            .next("list its tags with git ls-remote --tags"))
    }
}

/// The start of the path of a repository: an `@` before that belongs to a user's name.
fn path_start(text: &str) -> usize {
    if let Some(at) = text.find("://") {
        let host = at + 3;
        return text[host..].find('/').map_or(text.len(), |slash| host + slash);
    }
    // ssh's form: user@host:path.
    match (text.find(':'), text.find('/')) {
        (Some(colon), slash) if slash.is_none_or(|slash| colon < slash) => colon + 1,
        _ => 0,
    }
}

fn run(call: &Call, what: &str, place: &str, stop: &CancelToken) -> Result<()> {
    let done = call.capture(LIMIT, stop)?;
    if done.status.success() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Tool, format!("git could not {what} the repository\n{}", last_lines(&done.stderr, 8)))
        .at(place)
        .next("check its name and your access to it; `git clone` shows the same error"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, Option<String>, String) {
        let found = Repository::parse(text).unwrap();
        (found.place, found.reference, found.folder.display().to_string())
    }

    #[test]
    fn the_reference_is_behind_the_path() {
        for (text, place, reference, folder) in [
            ("https://h/a/b", "https://h/a/b", None, ""),
            ("https://h/a/b.git@v1.0", "https://h/a/b.git", Some("v1.0"), ""),
            ("https://user:pw@h/a/b", "https://user:pw@h/a/b", None, ""),
            ("https://user@h/a/b@release/1", "https://user@h/a/b", Some("release/1"), ""),
            ("git@h:a/b.git", "git@h:a/b.git", None, ""),
            ("git@h:a/b.git@v1", "git@h:a/b.git", Some("v1"), ""),
            ("ssh://git@h:22/a@main", "ssh://git@h:22/a", Some("main"), ""),
            ("../no such folder@v1", "../no such folder", Some("v1"), ""),
            ("https://h/a@v1#subdirectory=x/y", "https://h/a", Some("v1"), "x/y"),
        ] {
            let expected = (place.to_owned(), reference.map(str::to_owned), folder.to_owned());
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let shown = |text: &str| Repository::parse(text).unwrap().shown();
        assert_eq!(shown("https://me:se@cret@h/a@v1"), "https://h/a");
        assert_eq!(shown("git@h:a/b"), "git@h:a/b");
    }

    #[test]
    fn a_path_that_is_there_is_one() {
        let dir = tempfile::Builder::new().prefix("a b@c").tempdir().unwrap();
        let text = dir.path().display().to_string();
        assert_eq!(read(&text), (text.clone(), None, String::new()));
        assert_eq!(read(&format!("{text}@v1")), (text, Some("v1".to_owned()), String::new()));
    }

    #[test]
    fn options_and_what_no_reference_is_are_refused() {
        for text in [
            "--upload-pack=x@v1",
            "-x",
            "",
            "@v1",
            "https://h/a@-d",
            "https://h/a@--exec=x",
            "https://h/a@",
            "https://h/a@a b",
            "https://h/a@a..b",
            "https://h/a@v1^",
            "https://h/a@v1#subdirectory=../x",
            "https://h/a@v1#subdirectory=/x",
        ] {
            let error = Repository::parse(text).err().map(|error| error.kind());
            assert_eq!(error, Some(ErrorKind::Usage), "{text}");
        }
    }

    #[test]
    fn a_transport_that_is_a_program_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mark = dir.path().join("mark");
        let repository = Repository::parse(&format!("ext::touch% {}", mark.display())).unwrap();
        assert!(repository.checkout(&dir.path().join("to"), &CancelToken::default()).is_err());
        assert!(!mark.exists());
    }
}
