//! The path given by the user → the project: its crates with bindings, their files, its package.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use cargo_toml::{Dependency, Manifest};
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::cargo::{manifest_path, read_manifest};
use monowheel_manifest::inside::Scope;
use monowheel_manifest::members::members as workspace_members;
use monowheel_manifest::pyproject::MaturinTable;

use crate::source::modules::shown;
use crate::source::{Crate, Package, Source, modules};

/// Directories without sources of the project.
const PASSED_OVER: [&str; 3] = ["target", "node_modules", ".git"];

/// The maximum number of crates of a workspace that are read.
const MOST_CRATES: usize = 2_000;
/// The maximum number of entries searched in a directory without a manifest, including subdirectories.
const MOST_ENTRIES: usize = 200_000;

/// Reads `path`: the directory of a project or a crate, its Cargo.toml or pyproject.toml, a workspace, a Rust file, or
/// a directory of Rust files.
///
/// # Errors
/// [`ErrorKind::Usage`] if it does not exist or contains neither a crate with Python bindings nor a Rust file;
/// [`ErrorKind::Project`] if a manifest cannot be read.
pub fn find(path: &Path) -> Result<Source> {
    let place = path.display().to_string();
    let mut source = Source { place, ..Source::default() };
    if path.is_file() {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return match name {
            "Cargo.toml" | "pyproject.toml" => project(folder, source),
            _ if name.ends_with(".rs") => {
                modules::alone(&[path.to_path_buf()], folder, &mut source);
                Ok(source)
            }
            _ => Err(Error::new(ErrorKind::Usage, "not a directory, a manifest or a Rust file")
                .at(path.display())
                .next("name the directory of a PyO3 project, or a .rs file")),
        };
    }
    if !path.is_dir() {
        return Err(Error::new(ErrorKind::Usage, "no such file or directory")
            .at(path.display())
            .next("name the directory of a PyO3 project, or `.` for the current directory"));
    }
    project(path, source)
}

fn project(root: &Path, mut source: Source) -> Result<Source> {
    source.package = Package::of(root, "pyproject.toml".to_owned());
    let maturin = source.package.as_ref().map(|package| package.maturin.clone()).unwrap_or_default();
    let manifest = manifest_path(root, maturin.manifest_path.as_deref(), &Scope::own())?;
    if !manifest.is_file() {
        return folder_of_files(root, source);
    }
    let mut crates = BTreeMap::new();
    members(&manifest, root, &maturin, &mut crates)?;
    if crates.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "no crate here depends on pyo3")
            .at(manifest.display())
            .next("name the directory of the crate that does, or of its workspace"));
    }
    let mut seen = HashSet::new();
    for krate in crates.into_values() {
        let index = source.crates.len();
        modules::read(&krate.root, root, index, &mut seen, &mut source);
        source.crates.push(krate);
    }
    if source.package.is_none() {
        // In a workspace, the package is often next to the member that is built.
        let folders = source.crates.iter().filter(|krate| krate.is_cdylib).filter_map(|krate| krate.path.parent());
        let found = folders.filter_map(|folder| Package::of(folder, shown(&folder.join("pyproject.toml"), root)));
        source.package = found.into_iter().next();
    }
    Ok(source)
}

/// The crates with bindings: this one, the members of its workspace, and their path dependencies.
fn members(path: &Path, base: &Path, maturin: &MaturinTable, crates: &mut BTreeMap<PathBuf, Crate>) -> Result<()> {
    let scope = Scope::own();
    let mut waiting = vec![path.to_path_buf()];
    let mut seen = BTreeSet::new();
    while let Some(path) = waiting.pop() {
        let whole = fs_err::canonicalize(&path)?;
        if !seen.insert(whole.clone()) {
            continue;
        }
        if seen.len() > MOST_CRATES {
            return Err(Error::new(ErrorKind::Project, format!("this workspace has more than {MOST_CRATES} crates"))
                .at(base.display())
                .next("name the directory of the crate with the bindings"));
        }
        let manifest = read_manifest(&path, &scope)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        if let Some(mut krate) = Crate::of(&manifest, &path, shown(&path, base), maturin, &scope) {
            krate.has_unread_bindings = has_unread_bindings(&manifest, &folder, base);
            crates.insert(whole, krate);
        }
        let workspace = manifest.workspace.iter().flat_map(|workspace| &workspace.members);
        waiting.extend(workspace_members(&folder, workspace.map(String::as_str), &scope)?);
        let by_path = manifest.dependencies.values().filter_map(|dependency| dependency.detail()?.path.clone());
        // Only inside the project: a path may lead into another repository.
        waiting.extend(by_path.filter_map(|path| below(&folder.join(path).join("Cargo.toml"), base)));
    }
    Ok(())
}

/// Whether a dependency outside `base`, or a git dependency, may define a Python module. Registry dependencies are
/// found by their names in the sources.
fn has_unread_bindings(manifest: &Manifest, folder: &Path, base: &Path) -> bool {
    let others = |manifest: &Manifest| {
        manifest
            .dependencies
            .iter()
            .filter(|(name, _)| !name.starts_with("pyo3"))
            .map(|(_, dependency)| dependency.clone())
            .collect::<Vec<_>>()
    };
    let mut waiting: Vec<(PathBuf, Vec<Dependency>)> = vec![(folder.to_path_buf(), others(manifest))];
    let mut seen = BTreeSet::new();
    while let Some((folder, dependencies)) = waiting.pop() {
        for dependency in dependencies {
            if dependency.git().is_some() {
                return true;
            }
            let Some(path) = dependency.detail().and_then(|detail| detail.path.as_ref()) else { continue };
            let inner = folder.join(path);
            let manifest = inner.join("Cargo.toml");
            let Ok(whole) = fs_err::canonicalize(&manifest) else { return true };
            if below(&manifest, base).is_some() || !seen.insert(whole) {
                continue;
            }
            if seen.len() > MOST_CRATES {
                return true;
            }
            let Ok(read) = read_manifest(&manifest, &Scope::own()) else { return true };
            if read
                .dependencies
                .iter()
                .any(|(name, dependency)| dependency.package().unwrap_or(name).starts_with("pyo3"))
            {
                return true;
            }
            waiting.push((inner, others(&read)));
        }
    }
    false
}

/// A path relative to `base`, without `..`; none if it is outside or does not exist.
fn below(path: &Path, base: &Path) -> Option<PathBuf> {
    let (whole, start) = (fs_err::canonicalize(path).ok()?, fs_err::canonicalize(base).ok()?);
    Some(base.join(whole.strip_prefix(start).ok()?))
}

/// Every Rust file in a directory without a manifest.
fn folder_of_files(root: &Path, mut source: Source) -> Result<Source> {
    let mut files = Vec::new();
    let mut waiting = vec![root.to_path_buf()];
    let mut left = MOST_ENTRIES;
    while let Some(folder) = waiting.pop() {
        for entry in fs_err::read_dir(&folder)? {
            let entry = entry?;
            left = left.checked_sub(1).ok_or_else(|| {
                Error::new(
                    ErrorKind::Usage,
                    format!("more than {MOST_ENTRIES} files and directories in this directory"),
                )
                .at(root.display())
                .next("name the directory of a PyO3 project")
            })?;
            // A link to a directory may lead back.
            let kind = entry.file_type()?;
            let name = entry.file_name();
            if kind.is_dir() && !PASSED_OVER.iter().any(|passed| name == *passed) {
                waiting.push(entry.path());
            } else if !kind.is_dir() && entry.path().extension().is_some_and(|end| end == "rs") {
                files.push(entry.path());
            }
        }
    }
    if files.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "no Cargo.toml and no Rust file in this directory")
            .at(root.display())
            .next("name the directory of a PyO3 project, or a .rs file"));
    }
    files.sort();
    modules::alone(&files, root, &mut source);
    Ok(source)
}
