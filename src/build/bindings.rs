//! What a crate's manifest says of `PyO3`: which version, and which of its features are on.
//!
//! Features are followed from the manifest alone, without running cargo, so that a plan is instant.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_toml::Manifest;
use serde::Deserialize;

use crate::build::pyproject::MaturinTable;
use crate::error::{Error, ErrorKind, Result};

/// The binding crate of a project and how its features are reached.
#[derive(Clone, Debug)]
pub struct Bindings {
    /// The dependency's name in the manifest (it may be renamed there).
    pub key: String,
    /// Major and minor version, from Cargo.lock, else from the requirement.
    pub version: (u64, u64),
    /// The full version as written in Cargo.lock, else the requirement.
    pub version_text: String,
    /// Features of the binding crate that a build by `[tool.maturin]` turns on.
    pub enabled: BTreeSet<String>,
    /// The features of `[tool.maturin]`.
    pub build_features: Vec<String>,
    /// The crate's Cargo.toml.
    pub manifest: PathBuf,
    features: BTreeMap<String, Vec<String>>,
    static_features: Vec<String>,
}

/// `Cargo.lock`, as far as it is needed.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Lock {
    #[serde(default)]
    package: Vec<Locked>,
}

/// A locked package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Locked {
    pub(crate) name: String,
    pub(crate) version: String,
    #[serde(default)]
    pub(crate) checksum: Option<String>,
}

impl Lock {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        toml::from_str(&fs_err::read_to_string(path)?).map_err(|error| {
            Error::new(ErrorKind::Project, format!("Cargo.lock is not as expected\n{error}"))
                .at(path.display())
                .next("cargo generate-lockfile makes a new one")
        })
    }

    /// The versions in which a package is locked, in order.
    pub(crate) fn versions(&self, name: &str) -> Vec<String> {
        self.package.iter().filter(|package| package.name == name).map(|package| package.version.clone()).collect()
    }

    /// Whether every package here stands in `other` too, in the same version and with the same hash.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        let known: BTreeSet<&Locked> = other.package.iter().collect();
        self.package.iter().all(|package| known.contains(package))
    }
}

impl Bindings {
    /// Finds the binding crate of `manifest`.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when the crate depends on neither `pyo3` nor `pyo3-ffi`.
    pub fn find(manifest: &Manifest, path: &Path, lock: Option<&Path>, maturin: &MaturinTable) -> Result<Self> {
        let everywhere =
            manifest.dependencies.iter().chain(manifest.target.values().flat_map(|target| &target.dependencies));
        let (key, dependency) = everywhere
            .filter(|(key, dependency)| matches!(dependency.package().unwrap_or(key), "pyo3" | "pyo3-ffi"))
            .min_by_key(|(key, dependency)| dependency.package().unwrap_or(key).len())
            .ok_or_else(|| {
                Error::new(ErrorKind::Project, "not a PyO3 crate: it depends on neither pyo3 nor pyo3-ffi")
                    .at(path.display())
                    .next("cargo add pyo3@0.29 --features abi3-py38")
            })?;
        let package = dependency.package().unwrap_or(key);
        let locked = match lock {
            Some(lock) => Lock::read(lock)?
                .package
                .into_iter()
                .filter(|locked| locked.name == package)
                .max_by_key(|locked| two_numbers(&locked.version)),
            None => None,
        };
        let version_text = match locked {
            Some(locked) => locked.version,
            None => dependency.try_req().map(ToString::to_string).unwrap_or_default(),
        };
        let mut bindings = Self {
            key: key.clone(),
            version: two_numbers(&version_text),
            version_text,
            enabled: BTreeSet::new(),
            build_features: maturin.features.clone(),
            manifest: path.to_path_buf(),
            features: manifest
                .features
                .iter()
                .map(|(name, list)| (name.clone(), list.iter().map(ToString::to_string).collect()))
                .collect(),
            static_features: dependency.req_features().to_vec(),
        };
        let default = (!maturin.no_default_features).then_some("default");
        bindings.enabled = bindings.closure(default.into_iter().chain(maturin.features.iter().map(String::as_str)));
        Ok(bindings)
    }

    /// The features of the binding crate that are on when the crate's `start` features are.
    #[must_use]
    pub fn closure<'a>(&'a self, start: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
        let mut reached: BTreeSet<String> = self.static_features.iter().cloned().collect();
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<&str> = start.into_iter().collect();
        while let Some(name) = waiting.pop() {
            if !seen.insert(name) {
                continue;
            }
            match name.split_once('/') {
                Some((dependency, feature)) if dependency.trim_end_matches('?') == self.key => {
                    reached.insert(feature.to_owned());
                }
                Some(_) => {}
                None => waiting.extend(self.features.get(name).into_iter().flatten().map(String::as_str)),
            }
        }
        reached
    }

    /// The crate's own feature that turns on a binding feature which `wanted` accepts: the one that
    /// turns on the fewest others.
    #[must_use]
    pub fn leading_to(&self, wanted: impl Fn(&str) -> bool) -> Option<String> {
        self.features
            .keys()
            .filter(|name| name.as_str() != "default")
            .filter_map(|name| {
                let reached = self.closure([name.as_str()]);
                reached.iter().any(|feature| wanted(feature)).then_some((reached.len(), name.clone()))
            })
            .min()
            .map(|(_, name)| name)
    }
}

/// Major and minor version of `0.29.3`, `0.29`, `^0.29` or `>=0.29, <0.31`.
fn two_numbers(version: &str) -> (u64, u64) {
    let start = version.find(|c: char| c.is_ascii_digit()).unwrap_or(version.len());
    let mut numbers = version[start..].split(|c: char| !c.is_ascii_digit()).map(|number| number.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::family::{Family, Route};

    fn bindings(manifest: &str, maturin: &MaturinTable) -> Result<Bindings> {
        let manifest = Manifest::from_str(&format!("[package]\nname = \"x\"\nversion = \"1.0.0\"\n{manifest}"))
            .map_err(|error| Error::new(ErrorKind::Project, error.to_string()))?;
        Bindings::find(&manifest, Path::new("Cargo.toml"), None, maturin)
    }

    fn route(family: Family, manifest: &str) -> Result<Route> {
        Route::find(family, &bindings(manifest, &MaturinTable::default())?, None)
    }

    #[test]
    fn a_fixed_floor_needs_no_feature() -> Result<()> {
        let route = route(Family::Abi3, "[dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3-py310\"] }")?;
        assert_eq!((route.floor, route.features.len(), route.interpreter.as_str()), ((3, 10), 0, "3.10"));
        assert_eq!(route.python_abi_tag(), "cp310-abi3");
        Ok(())
    }

    #[test]
    fn a_feature_of_the_crate_is_found_and_turned_on() -> Result<()> {
        let manifest = "[dependencies]\npyo3 = \"0.29.3\"\n[features]\nstable = [\"abi\"]\nabi = [\"pyo3/abi3-py39\"]\nft = [\"pyo3/abi3t-py315\"]";
        let abi3 = route(Family::Abi3, manifest)?;
        assert_eq!((abi3.floor, abi3.features.as_slice()), ((3, 9), &["abi".to_owned()][..]));
        let abi3t = route(Family::Abi3t, manifest)?;
        assert_eq!(
            (abi3t.python_abi_tag().as_str(), abi3t.features.as_slice()),
            ("cp315-abi3.abi3t", &["ft".to_owned()][..])
        );
        Ok(())
    }

    #[test]
    fn abi3t_is_reached_from_outside() -> Result<()> {
        let route = route(
            Family::Abi3t,
            "[dependencies]\npython = { package = \"pyo3\", version = \"0.29\", features = [\"abi3-py38\"] }",
        )?;
        assert_eq!(route.features, ["python/abi3t-py315"]);
        assert_eq!(route.interpreter, "3.15t");
        Ok(())
    }

    #[test]
    fn a_crate_without_abi3_is_told_the_feature() {
        let error = route(Family::Abi3, "[dependencies]\npyo3 = \"0.30\"")
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(error.contains("no abi3 support") && error.contains("--features abi3-py39"), "{error}");
        let error = route(Family::Abi3t, "[dependencies]\npyo3 = \"0.28\"")
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(error.contains("0.28 has no abi3t"), "{error}");
    }

    #[test]
    fn features_of_maturin_are_kept_because_the_command_line_replaces_them() -> Result<()> {
        let maturin =
            MaturinTable { features: vec!["fast".to_owned()], no_default_features: true, ..MaturinTable::default() };
        let found = bindings(
            "[dependencies]\npyo3 = \"0.29\"\n[features]\ndefault = [\"stable\"]\nstable = [\"pyo3/abi3-py38\"]\nfast = []",
            &maturin,
        )?;
        assert!(found.enabled.is_empty());
        assert_eq!(Route::find(Family::Abi3, &found, None)?.features, ["fast", "stable"]);
        Ok(())
    }

    #[test]
    fn bare_abi3_takes_the_floor_that_the_project_promises() -> Result<()> {
        let found =
            bindings("[dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3\"] }", &MaturinTable::default())?;
        let promise: pep440_rs::VersionSpecifiers =
            ">=3.10".parse().map_err(|_| Error::new(ErrorKind::Usage, "specifier"))?;
        let route = Route::find(Family::Abi3, &found, Some(&promise))?;
        assert_eq!((route.floor, route.features.as_slice()), ((3, 10), &["pyo3/abi3-py310".to_owned()][..]));
        Ok(())
    }

    #[test]
    fn a_crate_without_pyo3_is_no_project_of_ours() {
        assert!(
            bindings("[dependencies]\nserde = \"1\"", &MaturinTable::default())
                .is_err_and(|error| error.to_string().contains("not a PyO3 crate"))
        );
    }
}
