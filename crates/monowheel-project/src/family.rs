//! The two stable-ABI families, and how a crate is built for each.
//!
//! `abi3` (PEP 384, `cp38-abi3`) serves every build of `CPython` with the GIL from its floor on;
//! `abi3t` (PEP 803, `cp315-abi3.abi3t`) serves 3.15 and later, free-threaded builds included.
//! maturin makes one family a call, and which one follows from the resolved features of `PyO3` and
//! from `-i`: asked for both at once it writes a version-specific wheel with only a warning. So
//! each family gets a call of its own, with the features and the one interpreter of its [`Route`].

use std::collections::BTreeSet;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::bindings::Bindings;
pub use monowheel_wheel::abi::{Family, PythonVersion};
use serde::Serialize;

/// How one crate is built for one family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Route {
    /// The family that comes out.
    pub family: Family,
    /// The oldest `CPython` that its wheels serve.
    pub floor: PythonVersion,
    /// All features for `--features`, those of `[tool.maturin]` included, which `--features`
    /// would replace.
    pub features: Vec<String>,
    /// The one interpreter for `-i`: a bare version, which maturin looks up in its own table
    /// instead of running an interpreter of this machine.
    pub interpreter: String,
}

impl Route {
    /// The Python and ABI parts of the wheel's tag.
    #[must_use]
    pub fn python_abi_tag(&self) -> String {
        let (major, minor) = self.floor;
        match self.family {
            Family::Abi3 => format!("cp{major}{minor}-abi3"),
            Family::Abi3t => format!("cp{major}{minor}-abi3.abi3t"),
        }
    }

    /// The route to `family`, or why the crate has none.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] with the Cargo feature to add.
    pub(crate) fn find(
        family: Family,
        bindings: &Bindings,
        requires_python: Option<&pep440_rs::VersionSpecifiers>,
    ) -> Result<Self> {
        match family {
            Family::Abi3 => Self::abi3(bindings, requires_python),
            Family::Abi3t => Self::abi3t(bindings),
        }
    }

    fn abi3(bindings: &Bindings, requires_python: Option<&pep440_rs::VersionSpecifiers>) -> Result<Self> {
        let mut features = bindings.build_features.clone();
        let mut on = bindings.enabled.clone();
        if floor_of(&on, "abi3-py").is_none() && !on.contains("abi3") {
            let Some(feature) = bindings.leading_to(|name| name == "abi3" || name.starts_with("abi3-py")) else {
                let oldest = if bindings.version >= (0, 30) { "abi3-py39" } else { "abi3-py38" };
                return Err(Error::new(
                    ErrorKind::Project,
                    format!(
                        "this crate has no abi3 support: no Cargo feature turns on one of {}'s abi3 features",
                        bindings.key
                    ),
                )
                .at(bindings.manifest.display())
                .next(format!(
                    "add it: cargo add {} --features {oldest}\n(or pick the floor you support: abi3-py310, …)",
                    bindings.key
                )));
            };
            on.extend(bindings.closure([feature.as_str()]));
            features.push(feature);
        }
        let floor = floor_of(&on, "abi3-py").unwrap_or_else(|| {
            // `abi3` without a version takes the floor of whatever interpreter builds it; what the
            // project promises is the better source.
            let promised = (8..=15).find(|minor| allows(requires_python, *minor)).unwrap_or(8);
            features.push(format!("{}/abi3-py3{promised}", bindings.key));
            (3, promised)
        });
        Ok(Self { family: Family::Abi3, floor, features, interpreter: format!("{}.{}", floor.0, floor.1) })
    }

    fn abi3t(bindings: &Bindings) -> Result<Self> {
        let mut features = bindings.build_features.clone();
        if bindings.version < (0, 29) {
            return Err(Error::new(
                ErrorKind::Project,
                format!(
                    "{} {}.{} has no abi3t; 0.29 is the first that does",
                    bindings.key, bindings.version.0, bindings.version.1
                ),
            )
            .at(bindings.manifest.display())
            .next(format!("cargo add {}@0.29", bindings.key)));
        }
        let mut on = bindings.enabled.clone();
        if floor_of(&on, "abi3t-py").is_none() {
            let feature = bindings
                .leading_to(|name| name.starts_with("abi3t-py"))
                .unwrap_or_else(|| format!("{}/abi3t-py315", bindings.key));
            on.extend(bindings.closure([feature.as_str()]));
            features.push(feature);
        }
        // PEP 803: there is no abi3t before 3.15.
        let floor = floor_of(&on, "abi3t-py").unwrap_or((3, 15)).max((3, 15));
        Ok(Self { family: Family::Abi3t, floor, features, interpreter: format!("{}.{}t", floor.0, floor.1) })
    }
}

/// The lowest floor among the features `PREFIX3N`, as `PyO3` takes it.
fn floor_of(features: &BTreeSet<String>, prefix: &str) -> Option<PythonVersion> {
    features
        .iter()
        .filter_map(|name| name.strip_prefix(prefix)?.strip_prefix('3')?.parse().ok())
        .min()
        .map(|minor| (3, minor))
}

/// Whether `Requires-Python` admits Python 3.`minor`; without one, every version is admitted.
#[must_use]
pub(crate) fn allows(requires_python: Option<&pep440_rs::VersionSpecifiers>, minor: u8) -> bool {
    monowheel_wheel::abi::admits(requires_python, (3, minor))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use cargo_toml::Manifest;
    use monowheel_manifest::pyproject::MaturinTable;

    use super::*;

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
