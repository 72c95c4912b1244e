//! The packages of a workspace that get a new version together, and the manifests that require them by version.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::inside::Scope;
use toml::{Table, Value};

use crate::release::Version;
use crate::release::written::parsed;

/// A crate's workspace; without one, the crate itself.
#[derive(Clone, Debug)]
pub(super) struct Members {
    /// The Cargo.toml with `[workspace]`, else the crate's own.
    pub(super) root: PathBuf,
    /// Every Cargo.toml: of the root, the members and the crate.
    pub(super) manifests: Vec<PathBuf>,
    /// The names of the packages that inherit the version of the workspace.
    pub(super) sharing: Vec<String>,
}

impl Members {
    /// The workspace of the crate of this Cargo.toml, found as cargo does.
    ///
    /// # Errors
    /// When a Cargo.toml cannot be read, or a member is not a valid pattern.
    pub(super) fn of(own: &Path) -> Result<Self> {
        let scope = Scope::own();
        let (_, table) = parsed::<Table>(own)?;
        let folder = own.parent().unwrap_or(Path::new("."));
        let named = table.get("package").and_then(|package| package.get("workspace")).and_then(Value::as_str);
        let root = match named {
            Some(named) => scope.path(folder, Path::new(named), "[package] workspace")?.join("Cargo.toml"),
            None => above(own, &table)?,
        };
        let mut manifests = vec![root.clone(), own.to_path_buf()];
        let (_, table) = parsed::<Table>(&root)?;
        let folder = root.parent().unwrap_or(Path::new("."));
        let patterns = table.get("workspace").and_then(|workspace| workspace.get("members")).and_then(Value::as_array);
        let patterns = patterns.into_iter().flatten().filter_map(Value::as_str);
        manifests.extend(monowheel_manifest::members::members(folder, patterns, &scope)?);
        manifests.sort();
        manifests.dedup();
        let mut sharing = Vec::new();
        for manifest in &manifests {
            let (_, table) = parsed::<Table>(manifest)?;
            let Some(package) = table.get("package") else { continue };
            let is_shared = package.get("version").and_then(|version| version.get("workspace")).is_some();
            sharing.extend(package.get("name").and_then(Value::as_str).filter(|_| is_shared).map(str::to_owned));
        }
        Ok(Self { root, manifests, sharing })
    }
}

/// The nearest Cargo.toml with `[workspace]`, starting at the crate's own.
fn above(own: &Path, table: &Table) -> Result<PathBuf> {
    if table.contains_key("workspace") {
        return Ok(own.to_path_buf());
    }
    let folders = own.parent().into_iter().flat_map(Path::ancestors).skip(1);
    for manifest in folders.map(|folder| folder.join("Cargo.toml")).filter(|manifest| manifest.is_file()) {
        if parsed::<Table>(&manifest)?.1.contains_key("workspace") {
            return Ok(manifest);
        }
    }
    Ok(own.to_path_buf())
}

/// Refuses a version that a manifest here excludes: `core = { path = "../core", version = "1" }`, and core becomes
/// 2.0.0.
///
/// # Errors
/// [`ErrorKind::Project`] with the first such place.
pub(super) fn admits(manifests: &[PathBuf], packages: &[String], version: &Version) -> Result<()> {
    let version = semver::Version::parse(&version.to_string()).ok();
    for manifest in manifests {
        let (_, table) = parsed::<Table>(manifest)?;
        for (name, dependency) in dependencies(&Value::Table(table)) {
            let package = dependency.get("package").and_then(Value::as_str).unwrap_or(&name);
            let required =
                dependency.get("version").and_then(Value::as_str).filter(|_| dependency.get("path").is_some());
            let Some(required) = required.filter(|_| packages.iter().any(|own| own == package)) else { continue };
            let wanted = semver::VersionReq::parse(required);
            if version.as_ref().is_some_and(|version| wanted.is_ok_and(|wanted| !wanted.matches(version))) {
                return Err(Error::new(
                    ErrorKind::Project,
                    format!("{package} is required as {required:?} here, which excludes the new version"),
                )
                .at(manifest.display())
                .next(
                    "change or remove that version (the path is enough inside a workspace), commit, and run this again",
                ));
            }
        }
    }
    Ok(())
}

/// Every dependency, in any table.
fn dependencies(value: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (key, inner) in value.as_table().into_iter().flatten() {
        match inner.as_table() {
            Some(table) if ["dependencies", "dev-dependencies", "build-dependencies"].contains(&key.as_str()) => {
                found.extend(table.iter().map(|(name, dependency)| (name.clone(), dependency.clone())));
            }
            Some(_)
                if ["workspace", "target"].contains(&key.as_str())
                    || key.starts_with("cfg(")
                    || value.get("package").is_none() =>
            {
                found.extend(dependencies(inner));
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_that_excludes_the_new_version_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let manifest = dir.path().join("Cargo.toml");
        let refused = |text: &str| {
            fs_err::write(&manifest, text).unwrap();
            admits(std::slice::from_ref(&manifest), &["core".to_owned()], &Version::parse("2.0.0").unwrap()).is_err()
        };
        assert!(refused("[package]\nname = \"x\"\n[dependencies]\ncore = { path = \"../core\", version = \"1.0\" }\n"));
        assert!(refused(
            "[package]\nname = \"x\"\n[target.'cfg(unix)'.dev-dependencies]\nc = { package = \"core\", path = \"c\", version = \"=1.0.0\" }\n"
        ));
        assert!(refused("[workspace]\n[workspace.dependencies]\ncore = { path = \"core\", version = \"1\" }\n"));
        assert!(!refused("[workspace]\n[workspace.dependencies]\ncore = { path = \"core\", version = \">=1\" }\n"));
        assert!(!refused(
            "[package]\nname = \"x\"\n[dependencies]\ncore = \"1\"\nother = { path = \"o\", version = \"1\" }\n"
        ));
    }
}
