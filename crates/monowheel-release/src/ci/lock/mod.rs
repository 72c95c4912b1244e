//! The lock files of the workflows: every package that they install, with the SHA-256 of each of its files.
//!
//! The tools' dependencies are locked with this version of monowheel (`data/`, written by `ci/lock_tools.py`), so they
//! are the same on every machine. Two things cannot be: monowheel's own hashes, which do not exist before its release,
//! and tools that the project names itself. Those are looked up once on the index, and stay in the project's lock.

mod entry;
mod hashes;

use monowheel_error::VERSION;
use monowheel_wheel::names::normalized_name;

use entry::{Entry, entries};
pub use hashes::Hashes;

use crate::ci::plan::Plan;

/// Build tools.
const BUILD: &str = include_str!("data/build.txt");
/// Upload and signing tools.
const PUBLISH: &str = include_str!("data/publish.txt");
/// Tools that run the project's tests.
const TOX: &str = include_str!("data/tox.txt");
/// Tools that build with Microsoft's linker.
const MSVC: &str = include_str!("data/msvc.txt");

/// A lock of a project.
pub(crate) struct Lock {
    /// Its file name.
    pub(crate) file: &'static str,
    /// The purpose of the packages.
    about: &'static str,
    entries: Vec<Entry>,
}

/// The lock files that the workflows of a plan install, with the known hashes.
pub(crate) fn locks(plan: &Plan, hashes: &Hashes) -> Vec<Lock> {
    // monowheel itself is built from its own sources.
    let monowheel = (!plan.own).then(|| hashes.entry("monowheel", VERSION));
    let lock = |file, about, mut entries: Vec<Entry>, with_monowheel: bool| {
        entries.extend(monowheel.iter().filter(|_| with_monowheel).cloned());
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        Lock { file, about, entries }
    };
    let mut found = Vec::new();
    if !plan.own {
        found.push(lock("monowheel.txt", "Test and check tools", Vec::new(), true));
    }
    found.push(lock("build.txt", "Build tools", tools(plan, hashes), true));
    if plan.tox {
        found.push(lock("tox.txt", "Tools that run the project's own tests", entries(TOX), false));
    }
    if plan.settings.msvc {
        found.push(lock("msvc.txt", "Tools that build with Microsoft's linker", entries(MSVC), false));
    }
    found.push(lock(
        "publish.txt",
        "Publishing tools; the publishing job installs nothing else",
        entries(PUBLISH),
        true,
    ));
    found
}

/// The tools that the build job installs, except monowheel itself: name and version.
pub(crate) fn build_tools(plan: &Plan) -> Vec<(String, String)> {
    tools(plan, &Hashes::default()).into_iter().map(|entry| (entry.name, entry.version)).collect()
}

/// The build tools: those that monowheel was tested with, except where the project names others.
fn tools(plan: &Plan, hashes: &Hashes) -> Vec<Entry> {
    let mut tools = entries(BUILD);
    for (name, version) in &plan.settings.named_tools() {
        let is_there = |entry: &Entry| entry.name == *name && entry.version == *version;
        if !tools.iter().any(is_there) {
            tools.retain(|entry| entry.name != *name);
            tools.push(hashes.entry(name, version));
        }
    }
    tools
}

impl Lock {
    /// The lines after the first two, which every written file has.
    pub(crate) fn body(&self) -> String {
        let mut text = format!(
            "#\n# {}: every package, with the SHA-256 of each of its files.\n# pip install --require-hashes --only-binary :all: -r {}\n",
            self.about, self.file
        );
        for entry in &self.entries {
            if entry.sha256.is_empty() {
                text += "# The hashes of the next package are missing, and pip refuses it: run monowheel ci to get them from the index.\n";
            }
            text += &entry.render();
        }
        text
    }

    /// The packages whose hashes are unknown.
    pub(crate) fn missing(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_missing = |entry: &&Entry| entry.sha256.is_empty();
        self.entries.iter().filter(is_missing).map(|entry| (entry.name.as_str(), entry.version.as_str()))
    }
}

/// The parts of `NAME==VERSION`.
pub(crate) fn named(tool: &str) -> Option<(String, String)> {
    let (name, version) = tool.split_once("==")?;
    Some((normalized_name(name), version.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use monowheel_wheel::requirement::Requirement;
    use pep440_rs::{Version, VersionSpecifiers};

    use super::*;

    const PYPROJECT: &str = include_str!("../../../../../pyproject.toml");

    #[test]
    fn every_package_has_one_version_and_its_hashes() {
        for (name, text) in [("build", BUILD), ("publish", PUBLISH), ("tox", TOX), ("msvc", MSVC)] {
            let found = entries(text);
            assert!(found.iter().all(|entry| !entry.sha256.is_empty()), "{name}");
            let names: BTreeSet<&str> = found.iter().map(|entry| entry.name.as_str()).collect();
            assert_eq!(names.len(), found.len(), "{name}: a package twice");
            assert_eq!(found.iter().map(Entry::render).collect::<String>(), text, "{name}: not all of it is read");
        }
    }

    #[test]
    fn the_locks_have_what_the_extras_of_monowheel_want() -> Result<(), Box<dyn std::error::Error>> {
        let pyproject: toml::Table = PYPROJECT.parse()?;
        for (extra, lock) in [("build", BUILD), ("release", PUBLISH)] {
            let wanted = pyproject["project"]["optional-dependencies"][extra].as_array().ok_or("no list")?;
            for text in wanted.iter().filter_map(toml::Value::as_str) {
                let wanted = Requirement::parse(text)?;
                // Only a rehearsal imports these two.
                if ["multipart", "pypiserver"].contains(&wanted.name) {
                    continue;
                }
                let bounds: VersionSpecifiers = text[wanted.name.len()..].parse()?;
                let entry = entries(lock).into_iter().find(|entry| entry.name == normalized_name(wanted.name));
                let entry = entry.ok_or_else(|| format!("{text}: python ci/lock_tools.py"))?;
                assert!(bounds.contains(&entry.version.parse::<Version>()?), "{text}: locked is {}", entry.version);
            }
        }
        Ok(())
    }
}
