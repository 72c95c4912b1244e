//! The format of the file: parsed strictly, and written by hand so that two versions of it merge line by line.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::inside::quotable;
use monowheel_system::hash::is_hex;
use monowheel_system::regular_file;
use pep440_rs::Version;
use serde::{Deserialize, Serialize};

use super::{FILE, SCHEMA};
use crate::toolchain::choice::Std;

/// The tools that affect the bytes of a project's wheels.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockFile {
    schema: String,
    /// maturin, zig, monowheel.
    pub tools: Tools,
    /// The compiler.
    pub rust: Rust,
    /// Each Rust target of the project.
    #[serde(default)]
    pub targets: BTreeMap<String, Row>,
    /// The programs that build scripts run and the C libraries that are built, by name, each with its version.
    #[serde(default)]
    pub native: BTreeMap<String, String>,
}

/// The versions of tools that are Python packages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tools {
    /// maturin's.
    pub maturin: String,
    /// monowheel's.
    pub monowheel: String,
    /// zig's, if it links something.
    #[serde(default)]
    pub zig: Option<String>,
}

/// A Rust compiler, and its cargo with it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rust {
    /// The first line of `rustc -vV` without its first word: `1.96.0 (ac68faa20 2026-05-25)`.
    pub rustc: String,
    /// The commit, if the compiler reports it.
    #[serde(default)]
    pub commit: Option<String>,
    /// Where it was installed from.
    pub from: From,
    /// rustup's name for it without the machine: `stable`, `1.96.0`, `nightly-2026-05-26`.
    #[serde(default)]
    pub channel: Option<String>,
}

/// Where a compiler was installed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum From {
    /// rustup.
    Rustup,
    /// A distribution, or anything else on PATH.
    System,
}

/// How one Rust target is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The origin of its standard library.
    pub std: Std,
    /// The linker.
    pub linker: Linker,
}

/// The linker of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Linker {
    /// zig.
    Zig,
    /// Microsoft's, by maturin's xwin or on Windows.
    Msvc,
}

impl Linker {
    const fn word(self) -> &'static str {
        match self {
            Self::Zig => "zig",
            Self::Msvc => "msvc",
        }
    }
}

impl From {
    const fn word(self) -> &'static str {
        match self {
            Self::Rustup => "rustup",
            Self::System => "system",
        }
    }
}

impl Row {
    /// As written in the file.
    pub(super) fn text(self) -> String {
        format!("{{ std = \"{}\", linker = \"{}\" }}", self.std.word(), self.linker.word())
    }
}

impl Rust {
    /// The version alone.
    #[must_use]
    pub fn version(&self) -> &str {
        self.rustc.split(' ').next().unwrap_or_default()
    }

    /// The channel, if it names the compiler of a date: `nightly-2026-05-26`.
    #[must_use]
    pub fn dated_channel(&self) -> Option<&str> {
        self.channel.as_deref().filter(|channel| channel.contains("-20"))
    }

    /// For display.
    pub(super) fn text(&self) -> String {
        let channel = self.channel.as_ref().map(|channel| format!(", {channel}")).unwrap_or_default();
        format!("{} from {}{channel}", self.rustc, self.from.word())
    }
}

impl LockFile {
    /// A lock of these tools.
    pub(super) fn new(tools: Tools, rust: Rust, targets: BTreeMap<String, Row>) -> Self {
        Self { schema: SCHEMA.to_owned(), tools, rust, targets, native: BTreeMap::new() }
    }

    /// The lock in the directory of a project, and its text; `None` when there is none.
    ///
    /// # Errors
    /// As [`LockFile::parse`], and when the file cannot be read.
    pub fn read(folder: &Path) -> Result<Option<(Self, String)>> {
        let path = folder.join(FILE);
        match regular_file::read_text(&path) {
            Ok(text) => Self::parse(&path, &text).map(|lock| Some((lock, text))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(damaged(&path, "it is not valid UTF-8")),
            Err(error) => Err(Error::from(error).at(path.display())),
        }
    }

    /// Reads the text of the file `path`.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when it is damaged, has another schema or contains a merge conflict, and when a newer
    /// monowheel wrote it.
    pub fn parse(path: &Path, text: &str) -> Result<Self> {
        if text.lines().any(|line| line.starts_with("<<<<<<<") || line.starts_with(">>>>>>>")) {
            return Err(Error::new(ErrorKind::Project, "the lock contains a merge conflict").at(path.display()).next(
                format!("keep one side of each conflict: git checkout --ours {FILE} (or --theirs), then git add"),
            ));
        }
        let table: toml::Table = text.parse().map_err(|error| damaged(path, &quotable(path, &error)))?;
        match table.get("schema").and_then(toml::Value::as_str) {
            Some(SCHEMA) => {}
            Some(other) => {
                let what = format!("the lock has the schema {other:?}; this monowheel reads {SCHEMA:?}");
                return Err(Error::new(ErrorKind::Project, what)
                    .at(path.display())
                    .next("a newer monowheel wrote it: pip install --upgrade monowheel"));
            }
            None => return Err(damaged(path, "it has no `schema`")),
        }
        let lock: Self = toml::from_str(text).map_err(|error| damaged(path, &quotable(path, &error)))?;
        lock.check().map_err(|what| damaged(path, &what))?;
        lock.check_age(path)?;
        Ok(lock)
    }

    /// Each value has only the characters of its kind: it becomes part of commands that people paste.
    fn check(&self) -> Result<(), String> {
        let is_word = |text: &str, more: &str| {
            let is_known = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
            text.len() < 128 && text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(is_known)
        };
        let wrong = |key: &str, value: &str| Err(format!("`{key}` cannot be {value:?}"));
        let Tools { maturin, monowheel, zig } = &self.tools;
        let versions = [("maturin", Some(maturin)), ("monowheel", Some(monowheel)), ("zig", zig.as_ref())];
        for (key, version) in versions {
            if let Some(version) = version.filter(|version| !is_word(version, ".+-")) {
                return wrong(key, version);
            }
        }
        let Rust { rustc, commit, channel, .. } = &self.rust;
        if !is_word(rustc, ".+-_ ():/~,") || !rustc.starts_with(|c: char| c.is_ascii_digit()) {
            return wrong("rustc", rustc);
        }
        if let Some(commit) = commit.as_ref().filter(|commit| commit.len() != 40 || !is_hex(commit)) {
            return wrong("commit", commit);
        }
        if let Some(channel) = channel.as_ref().filter(|channel| !is_word(channel, ".+-_")) {
            return wrong("channel", channel);
        }
        if let Some((name, version)) =
            self.native.iter().find(|(name, version)| !is_word(name, "-") || !is_word(version, ".+-"))
        {
            return wrong(name, version);
        }
        match self.targets.keys().find(|triple| !is_word(triple, "._-")) {
            Some(triple) => wrong("targets", triple),
            None => Ok(()),
        }
    }

    /// Values that a newer monowheel wrote may have another meaning.
    fn check_age(&self, path: &Path) -> Result<()> {
        let written = &self.tools.monowheel;
        let (Ok(theirs), Ok(ours)) = (written.parse::<Version>(), monowheel_error::VERSION.parse::<Version>()) else {
            return Err(damaged(path, &format!("`monowheel` cannot be {written:?}")));
        };
        if theirs > ours {
            let what = format!("monowheel {written} wrote the lock, but this is {}", monowheel_error::VERSION);
            return Err(Error::new(ErrorKind::Toolchain, what)
                .at(path.display())
                .next(format!("pip install 'monowheel=={written}'")));
        }
        Ok(())
    }

    /// The text of the file: one line for each fact, in a fixed order.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!(
            "# The tools that this project is built with. Written by monowheel; commit it.\n\
             # `monowheel build --upgrade` moves it to the tools of your machine.\n\
             schema = \"{SCHEMA}\"\n\n[tools]\nmaturin = \"{}\"\nmonowheel = \"{}\"\n",
            self.tools.maturin, self.tools.monowheel
        );
        let line =
            |key: &str, value: Option<&str>| value.map(|value| format!("{key} = \"{value}\"\n")).unwrap_or_default();
        text += &line("zig", self.tools.zig.as_deref());
        let Rust { rustc, commit, from, channel } = &self.rust;
        text += "\n[rust]\n";
        text += &line("rustc", Some(rustc));
        text += &line("commit", commit.as_deref());
        text += &line("from", Some(from.word()));
        text += &line("channel", channel.as_deref());
        text += "\n[targets]\n";
        for (triple, row) in &self.targets {
            text += &format!("{} = {}\n", key(triple), row.text());
        }
        if !self.native.is_empty() {
            text += "\n[native]\n";
        }
        for (name, version) in &self.native {
            text += &format!("{name} = \"{version}\"\n");
        }
        text
    }
}

/// A key that TOML reads as one: `thumbv8m.main-none-eabi` is two.
fn key(triple: &str) -> String {
    if triple.contains('.') { format!("\"{triple}\"") } else { triple.to_owned() }
}

fn damaged(path: &Path, why: &str) -> Error {
    Error::new(ErrorKind::Project, format!("the lock is damaged: {why}"))
        .at(path.display())
        .next(format!("restore it (git checkout {FILE}), or remove it: the next build writes it again"))
}
