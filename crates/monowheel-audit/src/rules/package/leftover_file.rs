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
    /// `pyvenv.cfg`), `*.egg-info` at the top level, of tests and builds (`htmlcov`, `CMakeFiles`), and for archives of
    /// the project itself. Files that systems and editors leave behind are a note (`.DS_Store`, `Thumbs.db`, `._x.py`,
    /// `x.py~`, `x.py.orig`), as is everything below `templates`.
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

const FOLDERS: [&str; 25] = [
    "CVS",
    ".jj",
    "_darcs",
    "htmlcov",
    "CMakeFiles",
    ".hypothesis",
    ".terraform",
    ".direnv",
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
const LITTER: [&str; 8] =
    ["__MACOSX", ".DS_Store", "Thumbs.db", "ehthumbs.db", "desktop.ini", ".coverage", "CMakeCache.txt", ".gitmodules"];
/// Copies that editors and merges leave beside a file.
const COPIES: &str = "a copy that an editor, a merge or macOS made";

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let own = wheel.name.as_ref().map(|name| name.name.to_ascii_lowercase()).unwrap_or_default();
    let mut kinds: BTreeMap<(bool, &str), Vec<&str>> = BTreeMap::new();
    for member in wheel.members.iter().filter(|member| !member.is_folder) {
        let path = member.path.as_str();
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let folders = folder.split('/');
        let egg = path.split_once('/').map(|(top, _)| top).filter(|top| top.ends_with(".egg-info"));
        let left = egg
            .or_else(|| folders.clone().find(|name| FOLDERS.contains(name)))
            .or_else(|| (file == ENVIRONMENT).then_some(ENVIRONMENT))
            // Of a submodule.
            .or_else(|| (file == ".git").then_some(".git"));
        let litter = || {
            LITTER
                .iter()
                .copied()
                .find(|name| *name == file || folders.clone().any(|folder| folder == *name))
                .or_else(|| is_copy(file).then_some(COPIES))
        };
        if let Some(name) =
            left.or_else(|| is_own_archive(file, &own).then_some("a distribution of the project itself"))
        {
            kinds.entry((!is_template(path), name)).or_default().push(path);
        } else if let Some(name) = litter() {
            kinds.entry((false, name)).or_default().push(path);
        }
    }
    for ((is_warning, name), paths) in kinds {
        let severity = if is_warning { Severity::Warning } else { Severity::Note };
        let message = format!("{name} does not belong in a wheel: {}", some_of(&paths));
        found.add(
            Finding::new(severity, Place::file(), message)
                .details(paths)
                .fix("exclude it from the wheel, and build from a clean checkout"),
        );
    }
}

/// Whether a file name is that of a backup, of the rest of a merge, or of what macOS keeps of a file elsewhere.
fn is_copy(file: &str) -> bool {
    // Not every `.orig`: Jupyter ships those of its package.json.
    let ends = ["~", ".py.orig", ".rej", ".py.bak"].iter().any(|end| file.len() > end.len() && file.ends_with(end));
    let is_swap = file.starts_with('.') && [".swp", ".swo"].iter().any(|end| file.ends_with(end));
    let is_locked = file.len() > 2 && file.starts_with('#') && file.ends_with('#');
    ends || is_swap || is_locked || file.starts_with("._")
}

/// Whether a file is a wheel or an sdist of the project itself.
fn is_own_archive(file: &str, own: &str) -> bool {
    if ![".whl", ".tar.gz"].iter().any(|end| file.ends_with(end)) {
        return false;
    }
    let rest = file.to_ascii_lowercase();
    let version = rest.strip_prefix(own).and_then(|rest| rest.strip_prefix('-'));
    !own.is_empty() && version.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a file is part of a template for projects of others.
fn is_template(path: &str) -> bool {
    path.split('/').any(|part| ["template", "templates"].contains(&part) || part.contains("{{"))
}
