//! A lock as pip's requirements (`--require-hashes`): one requirement per release, with the hash of each file.
//!
//! Comments above and below the requirements, which pip and uv ignore, record which hash is which wheel and the scope
//! of the lock, for `--check`.

use std::collections::BTreeMap;

use monowheel_error::text::{count, harmless};
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::attestation::Publisher;
use monowheel_system::exec::quoted;
use monowheel_system::hash::is_hex;

use crate::pin::scope::Python;
use crate::pin::{Artifact, Pinned, Release, Scope, Source};

/// Prefix of the comment with the scope.
const NARROWED: &str = "# narrowed to:";
/// Prefix of the comment with a publisher of a release: the release's name, a colon, and the publisher as JSON.
pub(super) const PUBLISHER: &str = "# publisher of";
/// How many digits of a hash identify a file in a comment.
const DIGITS: usize = 16;

/// The lock as a requirements file. The same releases give the same text.
#[must_use]
pub fn render(pinned: &Pinned) -> String {
    let mut text = header(pinned);
    let links: Vec<String> = pinned
        .releases
        .iter()
        .filter_map(|release| match &release.from {
            Source::Folder(folder) => Some(quoted(folder)),
            _ => None,
        })
        .collect();
    let find = match links.as_slice() {
        [] => String::new(),
        [only] if pinned.releases.len() == 1 => format!(" --no-index --find-links {}", harmless(only)),
        some => some.iter().map(|folder| format!(" --find-links {}", harmless(folder))).collect(),
    };
    text += &format!("# Install: pip install --require-hashes{find} -r THIS-FILE\n");
    for release in &pinned.releases {
        text.push('\n');
        text += &requirement(release);
    }
    // Only comments can contain it. A lock on stdout is read by GitHub Actions, which would run it as a command.
    text.replace("##[", "## [")
}

/// The header of both formats: the tool, the releases and the scope.
pub(super) fn header(pinned: &Pinned) -> String {
    let mut text = format!("# Made by monowheel {}: `monowheel pin`\n", pinned.monowheel);
    for release in &pinned.releases {
        let platforms = count(release.coverage.rows.len(), "platform");
        let line = format!(
            "{} {}: {} for {platforms}, from {}",
            release.name,
            release.version,
            count(release.wheels.len(), "wheel"),
            release.from
        );
        text += &format!("# {}\n", harmless(&line));
    }
    if !pinned.scope.is_all() {
        text += &format!("{NARROWED} {}\n", harmless(&pinned.scope.words().join(" ")));
    }
    if !pinned.needs.is_empty() {
        text += &format!("# Required but not pinned: {}\n", harmless(&pinned.needs.join(", ")));
    }
    text
}

fn requirement(release: &Release) -> String {
    let files: Vec<&Artifact> = release.wheels.iter().chain(&release.sdist).collect();
    let mut hashes: Vec<&str> = files.iter().map(|file| file.sha256.as_str()).collect();
    hashes.sort_unstable();
    hashes.dedup();
    let mut text = format!("{}=={}", release.name, release.version);
    for hash in hashes {
        text += &format!(" \\\n    --hash=sha256:{hash}");
    }
    text.push('\n');
    for file in files {
        let start: String = file.sha256.chars().take(DIGITS).collect();
        text += &format!("    # {start} {}\n", harmless(&file.file));
    }
    for publisher in &release.publishers {
        // Plain data can always be written as one line of JSON.
        let publisher = serde_json::to_string(publisher).unwrap_or_default();
        text += &format!("    {PUBLISHER} {}: {}\n", release.name, harmless(&publisher));
    }
    text
}

/// The contents of the comments.
#[derive(Clone, Debug, Default)]
pub(super) struct Comments {
    files: BTreeMap<String, String>,
    publishers: BTreeMap<String, Vec<Publisher>>,
    /// The scope it was narrowed to.
    pub(super) scope: Scope,
}

impl Comments {
    /// Reads them; other comments are ignored.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when a publisher cannot be read: a changed publisher would go unnoticed.
    pub(super) fn read(text: &str) -> Result<Self> {
        let mut comments = Self::default();
        for line in text.lines().map(str::trim) {
            if let Some(words) = line.strip_prefix(PUBLISHER) {
                let (name, publisher) = publisher(words).ok_or_else(|| {
                    Error::new(ErrorKind::Usage, format!("invalid publisher comment: {line}"))
                        .next("pin the file again: monowheel pin --require-attestations")
                })?;
                comments.publishers.entry(name).or_default().push(publisher);
                continue;
            }
            if let Some(words) = line.strip_prefix(NARROWED) {
                comments.scope = scope(words);
            }
            let row = line.strip_prefix("# ").and_then(|row| row.split_once(' '));
            if let Some((start, file)) = row.filter(|(start, _)| start.len() == DIGITS && is_hex(start)) {
                comments.files.insert(start.to_owned(), file.trim().to_owned());
            }
        }
        Ok(comments)
    }

    /// The publisher of a project's release, by its normalized name.
    pub(super) fn publishers(&self, name: &str) -> Vec<Publisher> {
        let mut publishers = self.publishers.get(name).cloned().unwrap_or_default();
        publishers.sort();
        publishers
    }

    /// The name of the file with this hash.
    pub(super) fn file(&self, sha256: &str) -> Option<&str> {
        self.files.get(sha256.get(..DIGITS)?).map(String::as_str)
    }
}

fn publisher(words: &str) -> Option<(String, Publisher)> {
    let (name, json) = words.split_once(": ")?;
    let fields: BTreeMap<String, String> = serde_json::from_str(json).ok()?;
    Some((name.trim().to_owned(), Publisher::of_fields(fields)?))
}

fn scope(words: &str) -> Scope {
    let mut scope = Scope::default();
    let words: Vec<&str> = words.split_whitespace().collect();
    for pair in words.chunks_exact(2) {
        match pair {
            ["--platform", name] => scope.platforms.push((*name).to_owned()),
            ["--python", version] => scope.pythons.extend(version.parse::<Python>()),
            _ => {}
        }
    }
    scope
}
