//! The information on `PyO3` in a crate's manifest: its version, and its enabled features.
//!
//! Features are followed from the manifest alone, without running cargo, so that a plan is instant.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_toml::{Dependency, Manifest};
use monowheel_error::Result;

use crate::cargo::Lock;
use crate::condition::applies;
use crate::features::{Features, bound};
use crate::kinds;
use crate::pyproject::MaturinTable;

/// The binding crate of a project and how its features are reached.
#[derive(Clone, Debug)]
pub struct Bindings {
    /// The dependency's name in the manifest (it may be renamed there).
    pub key: String,
    /// The package: `pyo3` or `pyo3-ffi`.
    pub package: String,
    /// Major and minor version, from Cargo.lock, else from the requirement.
    pub version: (u64, u64),
    /// The full version as written in Cargo.lock, else the requirement.
    pub version_text: String,
    /// Features of the binding crate that a build with `[tool.maturin]` enables.
    pub enabled: BTreeSet<String>,
    /// The features of `[tool.maturin]`.
    pub build_features: Vec<String>,
    /// The crate's Cargo.toml.
    pub manifest: PathBuf,
    features: Features,
    static_features: Vec<String>,
    is_optional: bool,
    /// The crate's own features that a build with `[tool.maturin]` enables, `default` included.
    build_starts: Vec<String>,
    /// The platforms of the tables that name it, if no table for all platforms does.
    platforms: Vec<String>,
}

/// The dependencies of a crate on `PyO3`, whatever it calls them, for any target.
fn dependencies(manifest: &Manifest) -> impl Iterator<Item = (&String, &Dependency)> {
    let of_targets = manifest.target.values().flat_map(|target| &target.dependencies);
    manifest
        .dependencies
        .iter()
        .chain(of_targets)
        .filter(|(key, dependency)| matches!(dependency.package().unwrap_or(key), "pyo3" | "pyo3-ffi"))
}

/// The platforms for which a crate depends on this package, if it does not for all.
fn platforms(manifest: &Manifest, package: &str) -> Vec<String> {
    let names_it = |dependencies: &cargo_toml::DepsSet| {
        dependencies.iter().any(|(key, dependency)| dependency.package().unwrap_or(key) == package)
    };
    if names_it(&manifest.dependencies) {
        return Vec::new();
    }
    manifest.target.iter().filter(|(_, target)| names_it(&target.dependencies)).map(|(name, _)| name.clone()).collect()
}

/// Whether a crate depends on `PyO3`.
#[must_use]
pub fn has_bindings(manifest: &Manifest) -> bool {
    dependencies(manifest).next().is_some()
}

/// Whether a crate has dependencies besides `PyO3`, those for tests aside.
#[must_use]
pub fn has_others(manifest: &Manifest) -> bool {
    let of_targets =
        manifest.target.values().flat_map(|target| target.dependencies.iter().chain(&target.build_dependencies));
    let mut all = manifest.dependencies.iter().chain(&manifest.build_dependencies).chain(of_targets);
    all.any(|(key, dependency)| !dependency.package().unwrap_or(key).starts_with("pyo3"))
}

impl Bindings {
    /// Finds the binding crate of `manifest`.
    ///
    /// # Errors
    /// [`ErrorKind::Project`](monowheel_error::ErrorKind::Project) when the crate depends on neither `pyo3` nor
    /// `pyo3-ffi`, or more features than any real crate.
    pub fn find(manifest: &Manifest, path: &Path, lock: Option<&Path>, maturin: &MaturinTable) -> Result<Self> {
        kinds::check(maturin).map_err(|error| error.at(path.with_file_name("pyproject.toml").display()))?;
        let (key, dependency) = dependencies(manifest)
            .min_by_key(|(key, dependency)| dependency.package().unwrap_or(key).len())
            .ok_or_else(|| kinds::without_pyo3(manifest).at(path.display()))?;
        let package = dependency.package().unwrap_or(key);
        let locked = match lock {
            Some(lock) => Lock::read(lock)?
                .package
                .into_iter()
                .filter(|locked| locked.name == package)
                .max_by_key(|locked| two_numbers(&locked.version)),
            None => None,
        };
        let is_locked = locked.is_some();
        let version_text = match locked {
            Some(locked) => locked.version,
            None => dependency.try_req().map(ToString::to_string).unwrap_or_default(),
        };
        let lists = manifest.features.iter();
        let lists = lists.map(|(name, list)| (name.clone(), list.iter().map(ToString::to_string).collect())).collect();
        let mut bindings = Self {
            key: key.clone(),
            package: package.to_owned(),
            version: if is_locked { two_numbers(&version_text) } else { of_requirement(&version_text) },
            version_text,
            enabled: BTreeSet::new(),
            build_features: maturin.features.clone(),
            manifest: path.to_path_buf(),
            features: Features::new(lists, key).map_err(|error| error.at(path.display()))?,
            static_features: dependency.req_features().to_vec(),
            is_optional: dependency.optional(),
            build_starts: Vec::new(),
            platforms: platforms(manifest, package),
        };
        let default = (!maturin.no_default_features).then_some("default");
        let named = default.into_iter().chain(maturin.features.iter().map(String::as_str));
        let all = bindings.features.names().filter(|_| maturin.all_features);
        bindings.build_starts = named.chain(all).map(str::to_owned).collect();
        bindings.enabled = bindings.closure(bindings.build_starts.iter().map(String::as_str));
        Ok(bindings)
    }

    /// The enabled features of the binding crate when the crate's `start` features are enabled.
    #[must_use]
    pub fn closure<'a>(&'a self, start: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
        let mut reached: BTreeSet<String> = self.static_features.iter().cloned().collect();
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<&str> = start.into_iter().collect();
        while let Some(name) = waiting.pop() {
            if !seen.insert(name) {
                continue;
            }
            match bound(name, &self.key) {
                Some(feature) => {
                    reached.insert(feature.to_owned());
                }
                None => waiting.extend(self.features.list(name).iter().map(String::as_str)),
            }
        }
        reached
    }

    /// Whether the binding crate is built if the crate's `start` features are enabled: an optional dependency is built only
    /// if a feature enables it (`dep:pyo3`, `pyo3/abi3`, or the feature `pyo3` itself).
    #[must_use]
    pub fn is_on<'a>(&'a self, start: impl IntoIterator<Item = &'a str>) -> bool {
        if !self.is_optional {
            return true;
        }
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<&str> = start.into_iter().collect();
        while let Some(name) = waiting.pop() {
            let is_strong = name.split_once('/').is_some_and(|(dependency, _)| dependency == self.key);
            if is_strong || name == self.key || name.strip_prefix("dep:") == Some(self.key.as_str()) {
                return true;
            }
            if seen.insert(name) {
                waiting.extend(self.features.list(name).iter().map(String::as_str));
            }
        }
        false
    }

    /// Whether a build with `[tool.maturin]` and these features has the binding crate.
    #[must_use]
    pub fn is_built_with(&self, features: &[String]) -> bool {
        self.is_on(self.build_starts.iter().chain(features).map(String::as_str))
    }

    /// A feature of the crate that enables the optional binding crate: the first one by name.
    #[must_use]
    pub fn enabling(&self) -> Option<&str> {
        self.features.names().find(|name| self.is_on([*name]))
    }

    /// The platforms for which the crate depends on the binding crate, if this Rust target is certainly not among
    /// them.
    #[must_use]
    pub fn missing_for(&self, triple: &str) -> Option<&[String]> {
        let is_other = |platform: &String| applies(platform, triple) == Some(false);
        (!self.platforms.is_empty() && self.platforms.iter().all(is_other)).then_some(&self.platforms)
    }

    /// The command that changes the dependency: its version, such as `@0.29`, and options.
    #[must_use]
    pub fn add_command(&self, version: &str, options: &str) -> String {
        let rename = if self.key == self.package { String::new() } else { format!(" --rename {}", self.key) };
        format!("cargo add {}{version}{rename}{options}", self.package)
    }

    /// Every feature of the binding crate that the manifest names anywhere.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        self.static_features.iter().map(String::as_str).chain(self.features.all_bound())
    }

    /// The crate's own feature that enables a binding feature which `wanted` accepts: the one that
    /// enables the fewest others.
    #[must_use]
    pub fn leading_to(&self, wanted: impl Fn(&str) -> bool) -> Option<String> {
        self.features.leading_to(wanted, &self.static_features)
    }
}

/// The version that cargo resolves a requirement to: the newest that it admits. `(0, 0)`, unknown, if it has no upper
/// limit (`>=0.22`, `*`).
fn of_requirement(requirement: &str) -> (u64, u64) {
    if !requirement.contains(['<', '>']) {
        return two_numbers(requirement);
    }
    let limits = requirement.split(',').filter_map(|part| part.trim().strip_prefix('<'));
    let newest = limits.map(|limit| match (two_numbers(limit), limit.starts_with('=')) {
        (version, true) => version,
        ((major, minor), false) => (major, minor.saturating_sub(1)),
    });
    newest.min().unwrap_or_default()
}

/// Major and minor version of `0.29.3`, `0.29` or `^0.29`.
fn two_numbers(version: &str) -> (u64, u64) {
    let start = version.find(|c: char| c.is_ascii_digit()).unwrap_or(version.len());
    let mut numbers = version[start..].split(|c: char| !c.is_ascii_digit()).map(|number| number.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_means_the_newest_version_that_it_admits() {
        for (requirement, version) in [
            ("0.29", (0, 29)),
            ("^0.29.3", (0, 29)),
            ("~0.28", (0, 28)),
            ("=0.27.2", (0, 27)),
            ("*", (0, 0)),
            (">=0.22", (0, 0)),
            (">=0.22, <0.31", (0, 30)),
            (">=0.22, <=0.28", (0, 28)),
        ] {
            assert_eq!(of_requirement(requirement), version, "{requirement}");
        }
    }
}
