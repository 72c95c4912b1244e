//! Records the commit that an sdist was built from: a small file in it, for everyone who has the sdist.
//!
//! cargo's own `.cargo_vcs_info.json` records the same, and cargo refuses to pack a source that contains one: nobody
//! could build an sdist from the unpacked sdist any more (cargo 1.96, "invalid inclusion of reserved file name").

use std::path::Path;
use std::time::Duration;

use monowheel_system::exec::CancelToken;
use monowheel_system::git::{Git, slashed};
use monowheel_system::hash::is_hex;
use monowheel_system::{own_files, regular_file};
use serde::{Deserialize, Serialize};

/// The file's name, at the top of the sdist.
pub(super) const FILE: &str = ".monowheel-source.json";
/// The version of its schema.
const SCHEMA: &str = "monowheel.source/1";
/// How long git may take to list changes.
const LIMIT: Duration = Duration::from_secs(60);
/// The maximum size of a report.
const MOST_REPORT: u64 = 64 << 20;

/// A commit and a directory in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The commit, in hexadecimal.
    pub commit: String,
    /// The project's directory in the checkout, with `/`; empty at its top.
    pub path: String,
}

#[derive(Deserialize, Serialize)]
struct Form {
    schema: String,
    commit: String,
    #[serde(default)]
    path: String,
}

impl Origin {
    /// The commit that is checked out, if `project` is in git and unmodified, apart from files in `out` and files that
    /// monowheel wrote: neither gets into an sdist.
    #[must_use]
    pub(super) fn of(project: &Path, out: &Path, stop: &CancelToken) -> Option<Self> {
        let checkout = Git::find().ok()?.checkout(project, LIMIT, stop).ok()?;
        let say = |words: &[&str]| checkout.call(words).dir(project).stdout(LIMIT, stop).ok();
        let path = project.strip_prefix(checkout.top()).ok()?;
        let commit = say(&["rev-parse", "--verify", "HEAD^{commit}"])?.trim().to_owned();
        let changes = checkout.changes(out, LIMIT, stop).ok()?;
        let is_clean = changes.iter().all(|change| is_own(checkout.top(), change));
        // A directory that a checkout above it ignores is not part of it.
        let is_part = path == Path::new("") || say(&["ls-files", "--", "."]).is_some_and(|files| !files.is_empty());
        (is_clean && is_part && is_commit(&commit)).then(|| Self { commit, path: slashed(path) })
    }

    /// The origin recorded in an unpacked sdist; none if it cannot be parsed.
    #[must_use]
    pub(crate) fn read(source: &Path) -> Option<Self> {
        let form: Form =
            serde_json::from_slice(&regular_file::read(&source.join(FILE), regular_file::MOST_TEXT).ok()?).ok()?;
        (form.schema == SCHEMA && is_commit(&form.commit)).then_some(Self { commit: form.commit, path: form.path })
    }

    pub(super) fn json(&self) -> String {
        let form = Form { schema: SCHEMA.to_owned(), commit: self.commit.clone(), path: self.path.clone() };
        // Plain data can always be serialized.
        serde_json::to_string_pretty(&form).unwrap_or_default() + "\n"
    }
}

/// Whether a line of `git status` names a file that monowheel wrote: a report, or an output directory with its record.
fn is_own(top: &Path, change: &str) -> bool {
    // git quotes a name with spaces, and writes unusual characters with a backslash; such a file counts as a change.
    let name = change.strip_prefix("?? ").filter(|name| !name.contains('\\'));
    let Some(name) = name.map(|name| name.trim_matches('"')) else { return false };
    let path = top.join(name);
    if !path.is_dir() {
        return regular_file::read(&path, MOST_REPORT).is_ok_and(|content| own_files::is_marked(&content));
    }
    let Ok(entries) = fs_err::read_dir(&path) else { return false };
    let is_of_it = |name: &str| own_files::is_of_an_output_directory(name);
    path.join(own_files::MANIFEST).is_file()
        && entries.flatten().all(|entry| {
            let file = entry.file_name().to_string_lossy().into_owned();
            is_of_it(&file) || is_own(top, &format!("?? {name}{file}"))
        })
}

/// SHA-1 or SHA-256.
fn is_commit(text: &str) -> bool {
    [40, 64].contains(&text.len()) && is_hex(text)
}

#[cfg(all(test, unix))]
mod tests {
    use monowheel_error::Result;

    use super::*;

    fn checkout() -> Result<Option<tempfile::TempDir>> {
        let dir = tempfile::Builder::new().prefix("a checkout ").tempdir()?;
        fs_err::create_dir_all(dir.path().join("a project"))?;
        fs_err::write(dir.path().join("a project/lib.rs"), "")?;
        fs_err::write(dir.path().join(".gitignore"), "ignored\n")?;
        let Ok(git) = Git::find() else { return Ok(None) };
        let who = ["-c", "user.name=x", "-c", "user.email=x@x", "-c", "commit.gpgsign=false"];
        for words in [&["init", "-q"][..], &["add", "-A"], &["commit", "-q", "-m", "it"]] {
            git.trusting(dir.path(), &who).args(words).stdout(LIMIT, &CancelToken::default())?;
        }
        Ok(Some(dir))
    }

    #[test]
    fn a_clean_checkout_has_its_commit_and_a_changed_one_has_none() -> Result<()> {
        let Some(dir) = checkout()? else { return Ok(()) };
        let top = fs_err::canonicalize(dir.path())?;
        let project = top.join("a project");
        let of = |out: &str| Origin::of(&project, &project.join(out), &CancelToken::default());
        assert!(of("dist").is_some_and(|origin| origin.path == "a project" && is_commit(&origin.commit)));
        for made in ["dist/x.whl", "ignored/y"] {
            fs_err::create_dir_all(project.join(made).parent().unwrap_or(&project))?;
            fs_err::write(project.join(made), "")?;
        }
        assert!(of("dist").is_some(), "build output is not a change");
        assert!(of("elsewhere").is_none(), "an uncommitted file is a change");
        fs_err::remove_dir_all(project.join("dist"))?;
        own_files::write(&project.join("report.txt"), "audit", "clean")?;
        fs_err::create_dir_all(project.join("wheels"))?;
        fs_err::write(project.join("wheels/x.whl"), "")?;
        assert!(of("dist").is_none(), "wheels of somebody");
        fs_err::write(project.join("wheels").join(own_files::MANIFEST), "{}")?;
        assert!(of("dist").is_some(), "output of other monowheel commands is not a change either");
        fs_err::write(project.join("lib.rs"), "changed")?;
        assert!(of("dist").is_none());
        // Ignored by the checkout above it: not part of any commit.
        assert_eq!(Origin::of(&project.join("ignored"), &project.join("dist"), &CancelToken::default()), None);
        Ok(())
    }

    #[test]
    fn what_is_no_origin_is_not_read() -> Result<()> {
        let dir = tempfile::tempdir()?;
        assert_eq!(Origin::read(dir.path()), None);
        let commit = "0".repeat(40);
        for text in [
            String::new(),
            "{}".to_owned(),
            format!(r#"{{"schema": "monowheel.source/2", "commit": "{commit}"}}"#),
            r#"{"schema": "monowheel.source/1", "commit": "HEAD; rm -rf /"}"#.to_owned(),
        ] {
            fs_err::write(dir.path().join(FILE), &text)?;
            assert_eq!(Origin::read(dir.path()), None, "{text}");
        }
        fs_err::write(dir.path().join(FILE), format!(r#"{{"schema": "monowheel.source/1", "commit": "{commit}"}}"#))?;
        assert_eq!(Origin::read(dir.path()), Some(Origin { commit, path: String::new() }));
        Ok(())
    }
}
