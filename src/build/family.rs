//! The two stable-ABI families, and how a crate is built for each.
//!
//! `abi3` (PEP 384, `cp38-abi3`) serves every build of `CPython` with the GIL from its floor on;
//! `abi3t` (PEP 803, `cp315-abi3.abi3t`) serves 3.15 and later, free-threaded builds included.
//! maturin makes one family a call, and which one follows from the resolved features of `PyO3` and
//! from `-i`: asked for both at once it writes a version-specific wheel with only a warning. So
//! each family gets a call of its own, with the features and the one interpreter of its [`Route`].

use std::collections::BTreeSet;

use serde::Serialize;

pub use crate::abi::{Family, PythonVersion};
use crate::build::bindings::Bindings;
use crate::error::{Error, ErrorKind, Result};

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
    pub fn find(
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
pub fn allows(requires_python: Option<&pep440_rs::VersionSpecifiers>, minor: u8) -> bool {
    crate::abi::admits(requires_python, (3, minor))
}
