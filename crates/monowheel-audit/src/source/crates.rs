//! The crates of a project that depend on `PyO3`, starting at one Cargo.toml: the members of its workspace, and path
//! dependencies. The other members of a surrounding workspace are read too, so that a crate gets the same findings
//! however the user names it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_toml::{Dependency, Manifest};
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::bindings::has_bindings;
use monowheel_manifest::cargo::{read_manifest, workspace_root};
use monowheel_manifest::inside::Scope;
use monowheel_manifest::members::members as workspace_members;
use monowheel_manifest::pyproject::MaturinTable;

use crate::finding::Place;
use crate::source::manifest::{aborts, dependencies};
use crate::source::modules::shown;
use crate::source::{Crate, Unreadable, pyproject};

/// The most crates of a workspace that are read.
const MOST_CRATES: usize = 2_000;

/// The crates of one project.
pub(super) struct Crates<'a> {
    /// The directory that paths are shown relative to.
    root: &'a Path,
    /// Nothing outside this directory is read.
    base: PathBuf,
    /// `[tool.maturin]` of the package, for crates without a pyproject.toml of their own.
    maturin: &'a MaturinTable,
    /// The crates found, by the full path of their manifest.
    found: BTreeMap<PathBuf, Crate>,
    /// Crates with bindings that are not read.
    unread: Vec<Unreadable>,
}

/// Finds the crates with bindings: first those that `manifest` leads to, then the others of its workspace. `package` is
/// the directory of the pyproject.toml. Also returns what is not read.
///
/// # Errors
/// [`ErrorKind::Project`] if a manifest cannot be read, or if there are too many members.
pub(super) fn of(
    manifest: &Path,
    root: &Path,
    package: Option<&Path>,
    maturin: &MaturinTable,
) -> Result<(Vec<Crate>, Vec<Unreadable>)> {
    let workspace = workspace_root(manifest, &Scope::own()).filter(|workspace| root.starts_with(workspace));
    let outer = [workspace.as_deref(), package.filter(|package| root.starts_with(package))];
    let base = outer.into_iter().flatten().fold(root, |base, one| if base.starts_with(one) { one } else { base });
    let mut crates = Crates { root, base: base.to_path_buf(), maturin, found: BTreeMap::new(), unread: Vec::new() };
    crates.walk(manifest)?;
    let mut asked = std::mem::take(&mut crates.found);
    // Profiles are those of the workspace.
    let root_manifest = workspace.as_ref().and_then(|root| read_manifest(&root.join("Cargo.toml"), &Scope::own()).ok());
    if root_manifest.is_some_and(|root| aborts(&root)) {
        asked.values_mut().for_each(|krate| krate.aborts = true);
    }
    let unread = std::mem::take(&mut crates.unread);
    if let Some(workspace) = workspace.filter(|workspace| Some(workspace.as_path()) != manifest.parent()) {
        // A mistake elsewhere in the workspace does not concern the crate that was named.
        if crates.walk(&workspace.join("Cargo.toml")).is_err() {
            crates.found.clear();
        }
    }
    let others = std::mem::take(&mut crates.found).into_iter().filter(|(path, _)| !asked.contains_key(path));
    let others: Vec<Crate> = others.map(|(_, krate)| Crate { is_asked: false, ..krate }).collect();
    Ok((asked.into_values().chain(others).collect(), unread))
}

impl Crates<'_> {
    fn walk(&mut self, manifest: &Path) -> Result<()> {
        let scope = Scope::own();
        let mut waiting = vec![manifest.to_path_buf()];
        let mut seen = BTreeSet::new();
        while let Some(path) = waiting.pop() {
            let whole = fs_err::canonicalize(&path)?;
            if !seen.insert(whole.clone()) {
                continue;
            }
            if seen.len() > MOST_CRATES {
                return Err(Error::new(
                    ErrorKind::Project,
                    format!("this workspace has more than {MOST_CRATES} crates"),
                )
                .at(self.root.display())
                .next("name the directory of the crate with the bindings"));
            }
            let manifest = read_manifest(&path, &scope)?;
            let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
            let own = pyproject::maturin_table(&folder);
            let maturin = own.as_ref().unwrap_or(self.maturin);
            if let Some(mut krate) = Crate::of(&manifest, &path, shown(&path, self.root), maturin, &scope) {
                krate.has_unread_bindings = self.has_unread_bindings(&manifest, &folder);
                self.found.insert(whole, krate);
            }
            let workspace = manifest.workspace.iter().flat_map(|workspace| &workspace.members);
            waiting.extend(workspace_members(&folder, workspace.map(String::as_str), &scope)?);
            for (key, dependency) in dependencies(&manifest) {
                let Some(named) = dependency.detail().and_then(|detail| detail.path.as_ref()) else { continue };
                let inner = folder.join(named).join("Cargo.toml");
                // Only inside the project: a path may lead into another repository.
                match below(&inner, &self.base) {
                    Some(inner) => waiting.push(inner),
                    None => self.not_read(key, named, &inner, &path),
                }
            }
        }
        Ok(())
    }

    /// Records a dependency outside the project, unless it certainly has no bindings.
    fn not_read(&mut self, key: &str, named: &str, inner: &Path, manifest: &Path) {
        let why = match read_manifest(inner, &Scope::own()) {
            Ok(read) if !has_bindings(&read) => return,
            Ok(_) => format!("the crate {key} ({named}) has bindings too, but is outside this project"),
            Err(_) => format!("the Cargo.toml of the crate {key} ({named}) cannot be read"),
        };
        let place = Place::member(shown(manifest, self.root));
        self.unread.push(Unreadable { place, why, is_partial: true });
    }

    /// Whether a dependency outside the project, or a git dependency, may define a Python module. Registry dependencies
    /// are found by their names in the sources.
    fn has_unread_bindings(&self, manifest: &Manifest, folder: &Path) -> bool {
        let others = |manifest: &Manifest| {
            dependencies(manifest)
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
                if below(&manifest, &self.base).is_some() || !seen.insert(whole) {
                    continue;
                }
                if seen.len() > MOST_CRATES {
                    return true;
                }
                let Ok(read) = read_manifest(&manifest, &Scope::own()) else { return true };
                if dependencies_name_pyo3(&read) {
                    return true;
                }
                waiting.push((inner, others(&read)));
            }
        }
        false
    }
}

fn dependencies_name_pyo3(manifest: &Manifest) -> bool {
    dependencies(manifest).any(|(name, dependency)| dependency.package().unwrap_or(name).starts_with("pyo3"))
}

/// A path relative to `base`, without `..`; none if it is outside or does not exist.
fn below(path: &Path, base: &Path) -> Option<PathBuf> {
    let (whole, start) = (fs_err::canonicalize(path).ok()?, fs_err::canonicalize(base).ok()?);
    Some(base.join(whole.strip_prefix(start).ok()?))
}
