//! How a crate is built for each ABI.
//!
//! `abi3` (PEP 384, `cp38-abi3`) supports every build of `CPython` with the GIL from its floor on; `abi3t` (PEP 803,
//! `cp315-abi3.abi3t`) supports 3.15 and later, free-threaded builds included; every other ABI belongs to one build of
//! one minor version. maturin builds one of them per call, and which one follows from the resolved features of `PyO3`
//! and from `-i`: for several at once, it writes a version-specific wheel with only a warning. So each ABI gets a
//! separate call, with the features and the one interpreter of its [`Route`].

use std::collections::BTreeSet;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::bindings::Bindings;
use monowheel_wheel::abi::dotted;
pub use monowheel_wheel::abi::{Family, PythonVersion};
use pep440_rs::VersionSpecifiers;
use serde::Serialize;

use crate::abi::{Abi, AbiChoice, NEWEST, OLDEST};
use monowheel_manifest::pyo3::Support;

/// The feature of `PyO3` without which an extension links against libpython.
const EXTENSION_MODULE: &str = "extension-module";
/// The last minor version of Python 3 that an upper limit in `requires-python` is about.
pub(crate) const LATEST: u8 = 99;

/// How one crate is built for one ABI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Route {
    /// The resulting ABI.
    pub abi: Abi,
    /// The oldest `CPython` that its wheels support.
    pub floor: PythonVersion,
    /// All features for `--features`, those of `[tool.maturin]` included, which `--features`
    /// would replace.
    pub features: Vec<String>,
    /// Those of them that the crate itself does not have: features of the binding crate, enabled from outside.
    pub added: Vec<String>,
    /// The one interpreter for `-i`: a bare version, which maturin looks up in its own table
    /// instead of running an interpreter of this machine.
    pub interpreter: String,
}

/// The properties of a crate that determine its routes.
pub(crate) struct Crate<'a> {
    pub(crate) bindings: &'a Bindings,
    pub(crate) requires_python: Option<&'a VersionSpecifiers>,
    /// The requested floor of abi3.
    pub(crate) floor: Option<PythonVersion>,
}

impl Route {
    /// The Python and ABI parts of the wheel's tag.
    #[must_use]
    pub fn python_abi_tag(&self) -> String {
        self.abi.tag(self.floor)
    }

    fn new(abi: Abi, floor: PythonVersion, features: Vec<String>) -> Self {
        let ends_with_t = matches!(abi, Abi::Stable(Family::Abi3t) | Abi::Version { free_threaded: true, .. });
        let interpreter = format!("{}{}", dotted(floor), if ends_with_t { "t" } else { "" });
        Self { abi, floor, features, added: Vec::new(), interpreter }
    }

    /// Enables a feature of the binding crate from outside.
    fn add(&mut self, feature: String) {
        self.features.push(feature.clone());
        self.added.push(feature);
    }
}

impl Crate<'_> {
    /// The ABIs of a list, each once: the stable ones first, then by version. Without a list, the stable ones that the
    /// crate has.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when nothing remains that the crate can be built for, [`ErrorKind::Usage`] for an empty
    /// list.
    pub(crate) fn abis(&self, wanted: Option<&[AbiChoice]>) -> Result<Vec<Abi>> {
        let abi3t = Abi::Stable(Family::Abi3t);
        let Some(wanted) = wanted else {
            // Without abi3 there is nothing to add abi3t to, so that error is the one to show.
            self.route(Abi::Stable(Family::Abi3))?;
            return Ok([Abi::Stable(Family::Abi3)].into_iter().chain(self.route(abi3t).ok().map(|_| abi3t)).collect());
        };
        if wanted.is_empty() {
            return Err(Error::new(ErrorKind::Usage, "abis is an empty list: there is nothing to build")
                .at("[tool.monowheel]")
                .next("leave abis out for the stable ABIs that the crate has, or write abis = [\"auto\"]"));
        }
        let mut abis = BTreeSet::new();
        for choice in wanted {
            match *choice {
                AbiChoice::One(abi) => {
                    abis.insert(abi);
                }
                AbiChoice::Range { first, last, free_threaded } => {
                    abis.extend((first..=last).map(|minor| Abi::Version { minor, free_threaded }));
                }
                AbiChoice::Auto => abis.extend(self.all()?),
            }
        }
        Ok(abis.into_iter().collect())
    }

    /// All useful ABIs: the stable ones and the free-threaded 3.14 that these do not cover; without abi3, one
    /// ABI for each `CPython`. 3.13's experimental build without the GIL is built only if it is named.
    fn all(&self) -> Result<Vec<Abi>> {
        let stable = [Abi::Stable(Family::Abi3), Abi::Stable(Family::Abi3t), Abi::CP314T];
        let has_abi3 = self.route(Abi::Stable(Family::Abi3)).is_ok();
        let each = (OLDEST..=NEWEST)
            .map(|minor| Abi::Version { minor, free_threaded: false })
            .chain((14..=NEWEST).map(|minor| Abi::Version { minor, free_threaded: true }));
        let candidates: Vec<Abi> = if has_abi3 { stable.to_vec() } else { each.collect() };
        let found: Vec<Abi> = candidates.into_iter().filter(|abi| self.route(*abi).is_ok()).collect();
        if found.is_empty() {
            return Err(Error::new(
                ErrorKind::Project,
                format!("{} supports no CPython that requires-python admits", self.binding()),
            )
            .at(self.bindings.manifest.display())
            .next(format!("update it ({}) or change requires-python", self.bindings.add_command("@0.30", ""))));
        }
        Ok(found)
    }

    /// The route to `abi`, or why the crate has none.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] with the next step.
    pub(crate) fn route(&self, abi: Abi) -> Result<Route> {
        let mut route = match abi {
            Abi::Stable(Family::Abi3) => self.abi3(),
            Abi::Stable(Family::Abi3t) => self.abi3t(),
            Abi::Version { minor, free_threaded } => self.version(abi, minor, free_threaded),
        }?;
        let on = || self.bindings.closure(route.features.iter().map(String::as_str));
        let has = |on: &BTreeSet<String>| on.contains(EXTENSION_MODULE);
        if Support::of(self.bindings).needs_extension_module && !has(&self.bindings.enabled) && !has(&on()) {
            route.add(format!("{}/{EXTENSION_MODULE}", self.bindings.key));
        }
        if self.bindings.is_built_with(&route.features) { Ok(route) } else { Err(self.switched_off()) }
    }

    /// The error for an optional binding crate that no feature of the build enables.
    fn switched_off(&self) -> Error {
        let (key, features) = (&self.bindings.key, &self.bindings.build_features);
        let what = format!("{key} is optional, and no feature of the build enables it: the wheel would have no module");
        let enabling = self.bindings.enabling().unwrap_or(key);
        let features: Vec<&str> = features.iter().map(String::as_str).chain([enabling]).collect();
        Error::new(ErrorKind::Project, what)
            .at(self.bindings.manifest.display())
            .next(format!("enable it in pyproject.toml: [tool.maturin] features = {features:?}"))
    }

    fn abi3(&self) -> Result<Route> {
        let bindings = self.bindings;
        let mut features = bindings.build_features.clone();
        let mut on = bindings.enabled.clone();
        if floor_of(&on, "abi3-py").is_none() && !on.contains("abi3") {
            match bindings.leading_to(|name| name == "abi3" || name.starts_with("abi3-py")) {
                Some(feature) => {
                    on.extend(bindings.closure([feature.as_str()]));
                    features.push(feature);
                }
                None if self.floor.is_none() => return Err(self.without_abi3()),
                None => {}
            }
        }
        let fixed = floor_of(&on, "abi3-py");
        if let (Some(fixed), Some(wanted)) = (fixed, self.floor.filter(|wanted| fixed != Some(*wanted))) {
            return Err(Error::new(
                ErrorKind::Project,
                format!(
                    "the floor {} was requested, but a feature of the crate sets it to {}",
                    dotted(wanted),
                    dotted(fixed)
                ),
            )
            .at(bindings.manifest.display())
            .next("change the feature (abi3-py3N) in Cargo.toml, or leave out the floor"));
        }
        // `abi3` without a version takes the floor of the interpreter that builds it; the
        // project's own promise is the better source.
        let floor = fixed.or(self.floor).unwrap_or((3, self.promised()));
        let mut route = Route::new(Abi::Stable(Family::Abi3), floor, features);
        if fixed.is_none() {
            self.check_floor(floor)?;
            route.add(format!("{}/abi3-py3{}", bindings.key, floor.1));
        }
        Ok(route)
    }

    fn check_floor(&self, floor: PythonVersion) -> Result<()> {
        let (lowest, highest) = Support::of(self.bindings).abi3;
        let lowest = lowest.max(OLDEST);
        if floor.0 == 3 && (lowest..=highest).contains(&floor.1) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Project,
            format!("{} does not support abi3 with the floor {}", self.binding(), dotted(floor)),
        )
        .at(self.bindings.manifest.display())
        .next(format!("its floors are 3.{lowest} to 3.{highest}")))
    }

    /// The floor that the project promises, as far as this `PyO3` supports it.
    fn promised(&self) -> u8 {
        let (lowest, highest) = Support::of(self.bindings).abi3;
        let lowest = lowest.max(OLDEST);
        (lowest..=highest).find(|minor| allows(self.requires_python, *minor)).unwrap_or(lowest)
    }

    fn without_abi3(&self) -> Error {
        let (key, floor) = (&self.bindings.key, self.promised());
        let add = self.bindings.add_command("", &format!(" --features abi3-py3{floor}"));
        Error::new(
            ErrorKind::Project,
            format!("this crate has no abi3 support: no Cargo feature turns on one of {key}'s abi3 features"),
        )
        .at(self.bindings.manifest.display())
        .next(format!(
            "add it: {add}\n\
             try it without a change: --abi abi3 --floor 3.{floor}\n\
             find the lowest floor that compiles: monowheel floor\n\
             or build one wheel for each CPython: --abi auto"
        ))
    }

    fn abi3t(&self) -> Result<Route> {
        let bindings = self.bindings;
        if !Support::of(bindings).abi3t {
            return Err(Error::new(
                ErrorKind::Project,
                format!("{} has no abi3t; 0.29 is the first that does", self.binding()),
            )
            .at(bindings.manifest.display())
            .next(bindings.add_command("@0.29", "")));
        }
        if !(15..=LATEST).any(|minor| allows(self.requires_python, minor)) {
            return Err(Error::new(
                ErrorKind::Project,
                "requires-python admits no CPython from 3.15 on, so abi3t could not be installed",
            )
            .at(bindings.manifest.display())
            .next("leave abi3t out, or change requires-python"));
        }
        let mut features = bindings.build_features.clone();
        let mut on = bindings.enabled.clone();
        let mut added = None;
        if floor_of(&on, "abi3t-py").is_none() {
            match bindings.leading_to(|name| name.starts_with("abi3t-py")) {
                Some(feature) => {
                    on.extend(bindings.closure([feature.as_str()]));
                    features.push(feature);
                }
                None => added = Some(format!("{}/abi3t-py315", bindings.key)),
            }
        }
        // PEP 803: there is no abi3t before 3.15.
        let floor = floor_of(&on, "abi3t-py").unwrap_or((3, 15)).max((3, 15));
        let mut route = Route::new(Abi::Stable(Family::Abi3t), floor, features);
        added.into_iter().for_each(|feature| route.add(feature));
        Ok(route)
    }

    fn version(&self, abi: Abi, minor: u8, free_threaded: bool) -> Result<Route> {
        let bindings = self.bindings;
        let place = |error: Error| error.at(bindings.manifest.display());
        let python = format!("3.{minor}{}", if free_threaded { "t" } else { "" });
        match Support::of(bindings).range(free_threaded) {
            Some((oldest, newest)) if (oldest..=newest).contains(&minor) => {}
            range => {
                let kind = if free_threaded { "free-threaded builds" } else { "versions" };
                let has = range.map_or_else(
                    || format!("it supports no {kind}"),
                    |(oldest, newest)| format!("the {kind} that it supports: 3.{} to 3.{newest}", oldest.max(OLDEST)),
                );
                let what = format!("{} does not support CPython {python}", self.binding());
                return Err(place(Error::new(ErrorKind::Project, what).next(format!("leave {abi} out; {has}"))));
            }
        }
        if !allows(self.requires_python, minor) {
            let what = format!("requires-python does not admit CPython {python}, so {abi} could not be installed");
            return Err(place(
                Error::new(ErrorKind::Project, what).next(format!("leave {abi} out, or change requires-python")),
            ));
        }
        // No stable ABI covers a free-threaded build before 3.15, so PyO3 does not use abi3 there.
        let is_left = free_threaded && minor < 15;
        let stable = bindings.enabled.iter().find(|name| name.starts_with("abi3"));
        if let Some(feature) = stable.filter(|_| !is_left) {
            let what =
                format!("the feature {feature} of {} is always enabled, so {abi} wheels cannot be built", bindings.key);
            let next = format!("make it a Cargo feature that is not on by default, or leave {abi} out");
            return Err(place(Error::new(ErrorKind::Project, what).next(next)));
        }
        Ok(Route::new(abi, (3, minor), bindings.build_features.clone()))
    }

    fn binding(&self) -> String {
        let (major, minor) = self.bindings.version;
        format!("{} {major}.{minor}", self.bindings.package)
    }
}

/// The lowest floor among the features `PREFIX3N`, which is the one that `PyO3` uses.
fn floor_of(features: &BTreeSet<String>, prefix: &str) -> Option<PythonVersion> {
    features
        .iter()
        .filter_map(|name| name.strip_prefix(prefix)?.strip_prefix('3')?.parse().ok())
        .min()
        .map(|minor| (3, minor))
}

/// Whether `Requires-Python` admits Python 3.`minor`; without one, every version is admitted.
#[must_use]
pub(crate) fn allows(requires_python: Option<&VersionSpecifiers>, minor: u8) -> bool {
    monowheel_wheel::abi::admits(requires_python, (3, minor))
}

#[cfg(test)]
mod tests;
