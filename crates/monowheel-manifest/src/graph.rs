//! The packages that a build of a crate may compile, by its Cargo.toml and Cargo.lock, without running cargo.
//!
//! A lock file lists every package that any feature and any platform needs, and also those for the tests of the
//! workspace's own crates. This list omits packages that are certainly not compiled: the crate's own development
//! dependencies, and its optional dependencies that no feature of the build enables. A lock file does not record what
//! the features of other packages enable, so that a package of this list *may* be compiled.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_toml::{Dependency, Manifest};
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::regular_file;
use serde::Deserialize;

use crate::inside::quotable;

/// `Cargo.lock`, with the dependencies.
#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    /// `NAME`, or `NAME VERSION` if several versions are locked, or with the source after it.
    #[serde(default)]
    dependencies: Vec<String>,
}

/// A package by name and version.
type Id = (String, String);

/// The packages that a build may compile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packages {
    /// Each with the names of those that it depends on.
    packages: BTreeMap<Id, BTreeSet<String>>,
    /// The crate itself, and the names of those that it depends on. It is not one of them.
    root: Option<(String, BTreeSet<String>)>,
}

/// The features of the crate itself that a build enables.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'a> {
    /// By name.
    pub features: &'a [String],
    /// Whether `default` is among them.
    pub default: bool,
    /// Whether all are.
    pub all: bool,
}

impl Packages {
    /// The packages of the crate of `manifest`.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when the lock file is not TOML with this structure.
    pub fn read(manifest: &Manifest, lock: &Path, chosen: &Chosen<'_>) -> Result<Self> {
        let lock: Lock = toml::from_str(&regular_file::read_text(lock)?).map_err(|error| {
            Error::new(ErrorKind::Project, format!("Cargo.lock is not valid\n{}", quotable(lock, &error)))
                .at(lock.display())
                .next("run cargo generate-lockfile to create a new one")
        })?;
        let mut by_name: BTreeMap<&str, Vec<&Locked>> = BTreeMap::new();
        for package in &lock.package {
            by_name.entry(&package.name).or_default().push(package);
        }
        let named = |entry: &str| -> Vec<&Locked> {
            let mut words = entry.split(' ');
            let (name, version) = (words.next().unwrap_or_default(), words.next());
            let all = by_name.get(name).map(Vec::as_slice).unwrap_or_default();
            all.iter().copied().filter(|package| version.is_none_or(|version| package.version == version)).collect()
        };
        let direct = direct(manifest, chosen);
        let root = manifest.package.as_ref().map(|package| package.name());
        let own = root.into_iter().flat_map(&named).flat_map(|package| &package.dependencies);
        let mut waiting: Vec<&Locked> = own
            .filter(|entry| direct.contains(entry.split(' ').next().unwrap_or_default()))
            .flat_map(|entry| named(entry))
            .collect();
        let mut packages = BTreeMap::new();
        while let Some(package) = waiting.pop() {
            let id = (package.name.clone(), package.version.clone());
            if packages.contains_key(&id) {
                continue;
            }
            let names = package.dependencies.iter().filter_map(|entry| entry.split(' ').next());
            packages.insert(id, names.map(str::to_owned).collect());
            waiting.extend(package.dependencies.iter().flat_map(|entry| named(entry)));
        }
        let root = root.map(|name| (name.to_owned(), direct));
        Ok(Self { packages, root })
    }

    /// The versions of a package that are among them, in order.
    pub fn versions<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.packages.keys().filter(move |(known, _)| known == name).map(|(_, version)| version.as_str())
    }

    /// Whether a package of this name is among them.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.versions(name).next().is_some()
    }

    /// The names of the packages that depend on `name`, the crate itself included, each once.
    #[must_use]
    pub fn users(&self, name: &str) -> BTreeSet<&str> {
        let others = self.packages.iter().map(|((user, _), dependencies)| (user, dependencies));
        let all = others.chain(self.root.iter().map(|(user, dependencies)| (user, dependencies)));
        all.filter(|(_, dependencies)| dependencies.contains(name)).map(|(user, _)| user.as_str()).collect()
    }

    /// The names of all of them, each once.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        self.packages.keys().map(|(name, _)| name.as_str()).collect()
    }
}

/// The packages that the crate itself names for a build with these features, for any platform.
fn direct(manifest: &Manifest, chosen: &Chosen<'_>) -> BTreeSet<String> {
    let enabled = enabled(manifest, chosen);
    let of_targets =
        manifest.target.values().flat_map(|target| target.dependencies.iter().chain(&target.build_dependencies));
    let all = manifest.dependencies.iter().chain(&manifest.build_dependencies).chain(of_targets);
    let is_compiled = |(key, dependency): &(&String, &Dependency)| {
        !dependency.optional() || chosen.all || enabled.contains(key.as_str())
    };
    all.filter(is_compiled).map(|(key, dependency)| dependency.package().unwrap_or(key).to_owned()).collect()
}

/// The enabled features of the crate, and the optional dependencies that they enable, by their names.
fn enabled(manifest: &Manifest, chosen: &Chosen<'_>) -> BTreeSet<String> {
    let default = chosen.default.then(|| "default".to_owned());
    let mut waiting: Vec<String> = chosen.features.iter().cloned().chain(default).collect();
    let mut enabled = BTreeSet::new();
    while let Some(entry) = waiting.pop() {
        let name = match entry.split_once('/') {
            // `dependency?/feature` enables nothing by itself.
            Some((dependency, _)) if dependency.ends_with('?') => continue,
            Some((dependency, _)) => dependency,
            None => entry.strip_prefix("dep:").unwrap_or(&entry),
        };
        if enabled.insert(name.to_owned()) {
            waiting.extend(manifest.features.get(name).into_iter().flatten().cloned());
        }
    }
    enabled
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[package]\nname = \"demo\"\nversion = \"1.0.0\"\n[dependencies]\nplain = \"1\"\n\
        curl = { version = \"1\", optional = true }\nz = { package = \"zstd\", version = \"1\", optional = true }\n\
        [target.'cfg(windows)'.dependencies]\nwin = \"1\"\n[build-dependencies]\ncc = \"1\"\n\
        [dev-dependencies]\nbench = \"1\"\n[features]\ndefault = [\"net\"]\nnet = [\"plain/x\", \"z?/y\"]\n\
        web = [\"net\", \"curl/ssl\"]\npacked = [\"dep:z\"]\n";

    fn lock() -> String {
        let package = |name: &str, version: &str, dependencies: &[&str]| {
            format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\ndependencies = {dependencies:?}\n")
        };
        [
            package("demo", "1.0.0", &["bench", "cc", "curl", "plain", "win", "zstd"]),
            package("bench", "1.0.0", &["cmake"]),
            package("cc", "1.0.0", &[]),
            package("curl", "1.0.0", &["curl-sys"]),
            package("curl-sys", "0.4.0", &["openssl-sys", "plain 2.0.0"]),
            package("cmake", "0.1.0", &["cc"]),
            package("openssl-sys", "0.9.0", &[]),
            package("plain", "1.0.0", &["cc 1.0.0 (registry+https://example.org)", "plain 2.0.0"]),
            package("plain", "2.0.0", &["plain 2.0.0"]),
            package("win", "1.0.0", &[]),
            package("zstd", "1.0.0", &[]),
        ]
        .concat()
    }

    fn names(chosen: &Chosen<'_>) -> Result<Packages> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("Cargo.lock");
        fs_err::write(&path, lock())?;
        let manifest =
            Manifest::from_str(MANIFEST).map_err(|error| Error::new(ErrorKind::Project, error.to_string()))?;
        Packages::read(&manifest, &path, chosen)
    }

    #[test]
    fn what_no_feature_turns_on_and_what_tests_need_is_left_out() -> Result<()> {
        let found = |features: &[&str], default, all| -> Result<String> {
            let features: Vec<String> = features.iter().map(|name| (*name).to_owned()).collect();
            let found = names(&Chosen { features: &features, default, all })?;
            Ok(found.names().into_iter().collect::<Vec<_>>().join(" "))
        };
        assert_eq!(found(&[], true, false)?, "cc plain win");
        assert_eq!(found(&["web"], true, false)?, "cc curl curl-sys openssl-sys plain win");
        assert_eq!(found(&["packed"], false, false)?, "cc plain win zstd");
        assert_eq!(found(&[], false, true)?, "cc curl curl-sys openssl-sys plain win zstd");
        Ok(())
    }

    #[test]
    fn users_and_versions() -> Result<()> {
        let found = names(&Chosen { features: &["web".to_owned()], default: true, all: false })?;
        assert_eq!(found.users("openssl-sys").into_iter().collect::<Vec<_>>(), ["curl-sys"]);
        // The crate's own build script is one of them.
        assert_eq!(found.users("cc").into_iter().collect::<Vec<_>>(), ["demo", "plain"]);
        assert_eq!(found.versions("plain").collect::<Vec<_>>(), ["1.0.0", "2.0.0"]);
        assert!(found.has("curl-sys") && !found.has("cmake"));
        Ok(())
    }
}
