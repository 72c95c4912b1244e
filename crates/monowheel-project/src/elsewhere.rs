//! Finds the Python project of a directory that is none: a member of its workspace, or a project below it.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind};
use monowheel_manifest::cargo::read_manifest;
use monowheel_manifest::inside::Scope;
use monowheel_manifest::members::of_workspace;
use monowheel_system::exec::quoted;
use monowheel_system::regular_file;

use crate::config::FILE;

/// How deep projects are searched: `bindings/python/crate`.
const DEPTH: usize = 3;
/// How many directory entries are examined.
const MOST_ENTRIES: usize = 5_000;
/// How many projects an error names.
const SHOWN: usize = 6;
/// Directories without projects of their own.
const OTHERS: [&str; 6] = ["build", "dist", "node_modules", "target", "venv", "vendor"];

/// The error for a directory without a pyproject.toml that names a build backend; `what` says so.
pub(crate) fn absent(root: &Path, what: &str) -> Error {
    let error = Error::new(ErrorKind::Project, what).at(root.display());
    if let Some(found) = projects(root, what) {
        return found;
    }
    match root.join("Cargo.toml").exists() {
        true => error.next("run monowheel init to add one that names maturin"),
        false if ["setup.py", "setup.cfg"].iter().any(|name| root.join(name).is_file()) => {
            error.next("run monowheel init: it shows what this project needs to be built with maturin")
        }
        false => {
            error.next("name the directory of a PyO3 project, its sdist (.tar.gz), or a requirement such as nh3==0.3.7")
        }
    }
}

/// The error that names the projects below this directory, if there are any.
pub(crate) fn projects(root: &Path, what: &str) -> Option<Error> {
    let (members, said) = match members(root) {
        found if found.is_empty() => (below(root), "projects are in directories below"),
        found => (found, "this is a workspace, and one of its members is the Python project"),
    };
    if members.is_empty() {
        return None;
    }
    let here = std::env::current_dir().ok();
    let named = |folder: &PathBuf| match here.as_deref().and_then(|here| folder.strip_prefix(here).ok()) {
        Some(below) => below.to_path_buf(),
        None => folder.clone(),
    };
    let more = members.len().saturating_sub(SHOWN);
    let mut lines: Vec<String> =
        members.iter().take(SHOWN).map(|folder| format!("monowheel build {}", quoted(named(folder)))).collect();
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    let next =
        format!("name the {}:\n{}", if said.starts_with("this") { "member" } else { "project" }, lines.join("\n"));
    Some(Error::new(ErrorKind::Project, format!("{what}: {said}")).at(root.display()).next(next))
}

/// The members of the workspace in `root` that have a pyproject.toml.
fn members(root: &Path) -> Vec<PathBuf> {
    let scope = Scope::own();
    let Ok(manifest) = read_manifest(&root.join("Cargo.toml"), &scope) else { return Vec::new() };
    let found = of_workspace(&manifest, root, &scope).unwrap_or_default();
    let folders = found.iter().filter_map(|manifest| manifest.parent()).filter(|folder| folder.join(FILE).is_file());
    folders.filter(|folder| *folder != root).map(Path::to_path_buf).collect()
}

/// The directories below `root` whose pyproject.toml names maturin. Links are not followed.
fn below(root: &Path) -> Vec<PathBuf> {
    let (mut found, mut left) = (Vec::new(), MOST_ENTRIES);
    let mut waiting = vec![(root.to_path_buf(), DEPTH)];
    while let Some((folder, depth)) = waiting.pop() {
        for entry in fs_err::read_dir(&folder).into_iter().flatten().flatten() {
            let Some(rest) = left.checked_sub(1) else { break };
            left = rest;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if !is_folder || name.starts_with('.') || OTHERS.contains(&name.as_str()) {
                continue;
            }
            let path = entry.path();
            if names_maturin(&path.join(FILE)) {
                found.push(path);
            } else if depth > 1 {
                waiting.push((path, depth - 1));
            }
        }
    }
    found.sort();
    found
}

fn names_maturin(pyproject: &Path) -> bool {
    let table = regular_file::read_text(pyproject).ok().and_then(|text| text.parse::<toml::Table>().ok());
    let backend = table.as_ref().and_then(|table| table.get("build-system")?.get("build-backend")?.as_str());
    backend == Some("maturin")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MATURIN: &str = "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n";

    /// The next step in a directory with these files.
    fn next(files: &[(&str, &str)]) -> String {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = dir.path().join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        }
        let said = absent(dir.path(), "no pyproject.toml").to_string();
        said.replace(&format!("{}/", dir.path().display()), "")
    }

    #[test]
    fn a_project_below_is_named_whether_or_not_the_workspace_lists_it() {
        let excluded = "[workspace]\nmembers = [\"core\"]\nexclude = [\"py\"]\n";
        let package = "[package]\nname = \"core\"\nversion = \"1.0.0\"\nedition = \"2021\"\n";
        let of_workspace = [("Cargo.toml", excluded), ("core/Cargo.toml", package), ("core/src/lib.rs", "")];
        let said = next(&[&of_workspace[..], &[("py/pyproject.toml", MATURIN)]].concat());
        assert!(said.contains("directories below") && said.contains("monowheel build py"), "{said}");
        let said = next(&[("bindings/python/pyproject.toml", MATURIN), ("README.md", "")]);
        assert!(said.contains("monowheel build bindings/python"), "{said}");
        let member = next(&[&of_workspace[..], &[("core/pyproject.toml", MATURIN)]].concat());
        assert!(member.contains("one of its members") && member.contains("monowheel build core"), "{member}");
    }

    #[test]
    fn what_is_not_a_project_is_not_named() {
        for path in ["a/b/c/d", ".venv/x", "target/package", "node_modules/x"] {
            let said = next(&[(&format!("{path}/pyproject.toml"), MATURIN)]);
            assert!(said.contains("name the directory of a PyO3 project"), "{path}: {said}");
        }
        assert!(next(&[("a/pyproject.toml", "[tool.ruff]\n")]).contains("name the directory"));
        assert!(next(&[("setup.py", "")]).contains("run monowheel init"));
        let many: Vec<String> = (0..9).map(|number| format!("p{number}/pyproject.toml")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|path| (path.as_str(), MATURIN)).collect();
        assert!(next(&many).contains("and 3 more"));
    }
}
