//! The next version, in every file that contains it: shown as a diff first, then written completely or not at all.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{CancelToken, quoted};
use monowheel_system::text_changes::{self, Change};
use serde::Serialize;

use crate::release::changelog::Changelog;
use crate::release::history::History;
use crate::release::source::Source;
use crate::release::{Bump, Version, workspace};

/// The version of the JSON form.
pub(crate) const SCHEMA: &str = "monowheel.release-prepare/1";

/// The version to prepare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// This one.
    Version(String),
    /// The next one.
    Next(Bump),
}

/// The planned changes.
#[derive(Clone, Debug, Serialize)]
pub struct Preparation {
    /// [`SCHEMA`].
    pub(crate) schema: &'static str,
    /// The version of monowheel.
    pub(crate) monowheel: &'static str,
    /// The distribution's name as written.
    pub name: String,
    /// The current version in Cargo.toml.
    pub(crate) from: String,
    /// The new version.
    pub version: String,
    /// The same as in wheels (PEP 440).
    pub python_version: String,
    /// The date in the changelog's heading.
    pub date: String,
    /// The name of its tag.
    pub(crate) tag: String,
    /// Whether there was nothing to do.
    pub already: bool,
    /// Whether the files were written.
    pub written: bool,
    /// The changed files.
    pub files: Vec<Edit>,
    /// The next step.
    pub next: String,
}

/// A file that changes.
#[derive(Clone, Debug, Serialize)]
pub struct Edit {
    /// The file, relative to the project's directory.
    pub(crate) file: String,
    /// The change as a unified diff.
    pub diff: String,
    #[serde(skip)]
    path: PathBuf,
    #[serde(skip)]
    before: String,
    #[serde(skip)]
    after: String,
}

/// Plans the changes for a version. Nothing is written.
///
/// # Errors
/// [`ErrorKind::Usage`] for a version that cannot be the next one; [`ErrorKind::Project`] for a changelog without
/// unreleased changes, or files that are not committed; both with the next step.
pub fn prepare(root: &Path, wanted: &Wanted, date: &str, stop: &CancelToken) -> Result<Preparation> {
    let source = Source::read(root)?;
    let version = match wanted {
        Wanted::Version(text) => Version::parse(text)?,
        Wanted::Next(bump) => source.version.raised(*bump)?,
    };
    let history = History::open(&source.root, stop)?;
    history.head()?;
    let tag = source.tag_of(&version);
    let mut prepared = Preparation {
        schema: SCHEMA,
        monowheel: monowheel_error::VERSION,
        name: source.name.clone(),
        from: source.version.to_string(),
        version: version.to_string(),
        python_version: version.python(),
        date: date.to_owned(),
        already: false,
        written: false,
        files: Vec::new(),
        next: String::new(),
        tag,
    };
    let changelog = Changelog::read(&source.changelog)?;
    if version == source.version {
        if let Some(date) = date_of_prepared(&source, &changelog, &version) {
            return Ok(Preparation { already: true, date, ..prepared });
        }
    } else {
        version.after(&source.version)?;
    }
    if history.tag(&prepared.tag)?.is_some() {
        let next = source.version.raised(Bump::Patch).map(|next| next.to_string()).unwrap_or_default();
        return Err(Error::new(ErrorKind::Usage, format!("{version} is already tagged"))
            .at(&prepared.tag)
            .next(format!("choose a higher version: monowheel release prepare {next}")));
    }
    workspace::admits(&source.manifests, &source.packages, &version)?;
    let changed =
        changelog.released(&version, date, &prepared.tag).map_err(|error| error.at(source.changelog.display()))?;
    prepared.files = edits(&source, &prepared, (&changelog, changed))?;
    committed(&history, &source, &prepared.files)?;
    let files: Vec<String> = prepared.files.iter().map(|edit| quoted(&edit.file)).collect();
    prepared.next = format!(
        "git commit -m {} {} && monowheel build && monowheel test dist && monowheel release tag",
        quoted(format!("Release {version}")),
        files.join(" ")
    );
    Ok(prepared)
}

/// The date of the changelog's section if the version is written everywhere already, with nothing left to release.
fn date_of_prepared(source: &Source, changelog: &Changelog, version: &Version) -> Option<String> {
    let text = version.to_string();
    let is_everywhere = source.lock.iter().all(|lock| lock.values.iter().all(|value| value.version == text))
        && source.pyproject.iter().flat_map(|written| &written.values).all(|value| version.is(&value.version));
    let entry = changelog.entry(version).filter(|entry| entry.fault().is_none());
    let is_all = changelog.unreleased().is_ok_and(|section| !section.says_something);
    let entry = entry.filter(|_| is_everywhere && is_all)?;
    Some(entry.date.clone().unwrap_or_default())
}

/// The files that change, with the changelog's new text.
fn edits(source: &Source, prepared: &Preparation, changelog: (&Changelog, String)) -> Result<Vec<Edit>> {
    let mut texts =
        vec![(&source.manifest.path, source.manifest.text.clone(), source.manifest.with(&prepared.version))];
    if let Some(lock) = &source.lock {
        if lock.values.is_empty() {
            return Err(Error::new(ErrorKind::Project, format!("no entry for {}", source.packages.join(", ")))
                .at(lock.path.display())
                .next("run cargo update --workspace, commit the lock, and run this again"));
        }
        texts.push((&lock.path, lock.text.clone(), lock.with(&prepared.version)));
    }
    if let Some(written) = &source.pyproject {
        texts.push((&written.path, written.text.clone(), written.with(&prepared.python_version)));
    }
    texts.push((&source.changelog, changelog.0.text().to_owned(), changelog.1));
    let changes = texts.into_iter().filter(|(_, before, after)| before != after);
    let edit = |(path, before, after): (&PathBuf, String, String)| {
        let file = source.shown(path);
        let diff = text_changes::diff(&file, Some(&before), &after);
        // For a symbolic link, its target is written and the link stays.
        Ok(Edit { file, diff, path: fs_err::canonicalize(path)?, before, after })
    };
    changes.map(edit).collect()
}

/// Checks that the files are committed before they are changed.
fn committed(history: &History, source: &Source, files: &[Edit]) -> Result<()> {
    let paths: Vec<&Path> = files.iter().map(|edit| edit.path.as_path()).collect();
    let dirty = history.changed(&paths)?;
    if dirty.is_empty() {
        return Ok(());
    }
    let what = format!("the files to edit have uncommitted changes\n{}", dirty.join("\n"));
    Err(Error::new(ErrorKind::Project, what)
        .at(source.root.display())
        .next("run git commit or git stash, then run this again"))
}

impl Preparation {
    /// Writes every file or none: if one cannot be written, those before it are restored.
    ///
    /// # Errors
    /// When a file has changed since it was read, or cannot be written.
    pub fn write(&mut self) -> Result<()> {
        let change = |edit: &Edit| Change {
            path: edit.path.clone(),
            before: Some(edit.before.clone()),
            after: edit.after.clone(),
        };
        text_changes::write_all(&self.files.iter().map(change).collect::<Vec<_>>())?;
        self.written = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preparation(folder: &Path, names: &[&str]) -> Result<Preparation> {
        let mut files = Vec::new();
        for name in names {
            let path = folder.join(name);
            fs_err::write(&path, "old")?;
            files.push(Edit {
                file: (*name).to_owned(),
                diff: String::new(),
                path,
                before: "old".to_owned(),
                after: "new".to_owned(),
            });
        }
        let text = String::new;
        Ok(Preparation {
            schema: SCHEMA,
            monowheel: monowheel_error::VERSION,
            name: text(),
            from: text(),
            version: text(),
            python_version: text(),
            date: text(),
            tag: text(),
            already: false,
            written: false,
            files,
            next: text(),
        })
    }

    #[test]
    fn all_files_are_written() {
        let dir = tempfile::Builder::new().prefix("a project ").tempdir().unwrap();
        let mut prepared = preparation(dir.path(), &["a", "b"]).unwrap();
        prepared.write().unwrap();
        let read = |name: &str| fs_err::read_to_string(dir.path().join(name)).unwrap();
        assert_eq!((read("a"), read("b"), prepared.written), ("new".into(), "new".into(), true));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn no_file_is_written_when_one_cannot_be() {
        let dir = tempfile::tempdir().unwrap();
        let mut prepared = preparation(dir.path(), &["a", "b", "c"]).unwrap();
        // The second leads to a directory where even root makes no files.
        let link = dir.path().join("b");
        fs_err::remove_file(&link).unwrap();
        fs_err::os::unix::fs::symlink("/proc/sys/kernel/ostype", &link).unwrap();
        prepared.files[1].before = "Linux\n".to_owned();
        let error = prepared.write().unwrap_err();
        assert!(error.to_string().contains("every file is unchanged"), "{error}");
        let read = |name: &str| fs_err::read_to_string(dir.path().join(name)).unwrap();
        assert_eq!((read("a"), read("c"), prepared.written), ("old".into(), "old".into(), false));
    }

    #[test]
    fn what_changed_meanwhile_is_not_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let mut prepared = preparation(dir.path(), &["a", "b"]).unwrap();
        fs_err::write(dir.path().join("b"), "somebody's").unwrap();
        assert!(prepared.write().is_err_and(|error| error.kind() == ErrorKind::Busy));
        assert_eq!(fs_err::read_to_string(dir.path().join("a")).unwrap(), "old");
    }
}
