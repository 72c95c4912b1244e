use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// The wheel contains leftovers of a checkout, an editor or a build.
    ///
    /// # What it does
    /// Looks for directories of version control (`.git`, `.hg`, `.svn`), of editors and caches (`.idea`, `.vscode`,
    /// `.pytest_cache`, `.mypy_cache`, `.ruff_cache`, `.tox`, `.nox`), of environments (`.venv`, `site-packages`,
    /// `pyvenv.cfg`),
    /// `*.egg-info` at the top level, and files that macOS and Windows leave behind (`__MACOSX`, `.DS_Store`,
    /// `Thumbs.db`: a note).
    ///
    /// # Why it matters
    /// The build's file list included more than the package. This makes the wheel larger, may publish something by
    /// mistake, and a package inside `site-packages/` cannot be imported.
    ///
    /// # Example
    /// `demo/.git/config`; `lib/python3.12/site-packages/demo/__init__.py` after an install with a wrong prefix.
    ///
    /// # Fix
    /// Exclude them from the wheel, and build from a clean checkout.
    pub(super) static RULE: "leftover-file", Package, Warning, One(check);
}

const FOLDERS: [&str; 17] = [
    ".git",
    ".hg",
    ".svn",
    ".bzr",
    ".idea",
    ".vscode",
    ".vs",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".tox",
    ".nox",
    ".eggs",
    ".venv",
    ".ipynb_checkpoints",
    "site-packages",
    "dist-packages",
];
/// The file that makes a directory a virtual environment (PEP 405).
const ENVIRONMENT: &str = "pyvenv.cfg";
const LITTER: [&str; 4] = ["__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"];

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let mut kinds: BTreeMap<(bool, &str), Vec<&str>> = BTreeMap::new();
    for member in wheel.members.iter().filter(|member| !member.is_folder) {
        let path = member.path.as_str();
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let folders = folder.split('/');
        let egg = path.split_once('/').map(|(top, _)| top).filter(|top| top.ends_with(".egg-info"));
        let left = egg
            .or_else(|| folders.clone().find(|name| FOLDERS.contains(name)))
            .or_else(|| (file == ENVIRONMENT).then_some(ENVIRONMENT));
        let litter =
            || LITTER.iter().copied().find(|name| *name == file || folders.clone().any(|folder| folder == *name));
        if let Some(name) = left {
            kinds.entry((true, name)).or_default().push(path);
        } else if let Some(name) = litter() {
            kinds.entry((false, name)).or_default().push(path);
        }
    }
    for ((is_folder, name), paths) in kinds {
        let severity = if is_folder { Severity::Warning } else { Severity::Note };
        let message = format!("{name} does not belong in a wheel: {}", some_of(&paths));
        found.add(
            Finding::new(severity, Place::file(), message)
                .details(paths)
                .fix("exclude it from the wheel, and build from a clean checkout"),
        );
    }
}
