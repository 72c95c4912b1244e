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
use crate::pyo3::Support;

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

    const ABI3: Abi = Abi::Stable(Family::Abi3);
    const ABI3T: Abi = Abi::Stable(Family::Abi3t);

    fn find(abi: Abi, bindings: &Bindings, requires_python: Option<&VersionSpecifiers>) -> Result<Route> {
        Crate { bindings, requires_python, floor: None }.route(abi)
    }

    fn route(abi: Abi, manifest: &str) -> Result<Route> {
        find(abi, &bindings(manifest, &MaturinTable::default())?, None)
    }

    fn specifiers(text: &str) -> VersionSpecifiers {
        text.parse().unwrap()
    }

    #[test]
    fn a_fixed_floor_needs_no_feature() -> Result<()> {
        let route = route(ABI3, "[dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3-py310\"] }")?;
        assert_eq!((route.floor, route.features.len(), route.interpreter.as_str()), ((3, 10), 0, "3.10"));
        assert_eq!(route.python_abi_tag(), "cp310-abi3");
        Ok(())
    }

    #[test]
    fn a_feature_of_the_crate_is_found_and_turned_on() -> Result<()> {
        let manifest = "[dependencies]\npyo3 = \"0.29.3\"\n[features]\nstable = [\"abi\"]\nabi = [\"pyo3/abi3-py39\"]\nft = [\"pyo3/abi3t-py315\"]";
        let abi3 = route(ABI3, manifest)?;
        assert_eq!((abi3.floor, abi3.features.as_slice()), ((3, 9), &["abi".to_owned()][..]));
        let abi3t = route(ABI3T, manifest)?;
        assert_eq!(
            (abi3t.python_abi_tag().as_str(), abi3t.features.as_slice()),
            ("cp315-abi3.abi3t", &["ft".to_owned()][..])
        );
        Ok(())
    }

    #[test]
    fn abi3t_is_reached_from_outside() -> Result<()> {
        let route = route(
            ABI3T,
            "[dependencies]\npython = { package = \"pyo3\", version = \"0.29\", features = [\"abi3-py38\"] }",
        )?;
        assert_eq!(route.features, ["python/abi3t-py315"]);
        assert_eq!(route.interpreter, "3.15t");
        Ok(())
    }

    #[test]
    fn an_optional_pyo3_that_no_feature_enables_is_refused() -> Result<()> {
        let optional = |features: &str| {
            let pyo3 = "pyo3 = { version = \"0.29\", features = [\"abi3-py39\"], optional = true }";
            route(ABI3, &format!("[dependencies]\n{pyo3}\n[features]\npython = [\"dep:pyo3\"]\n{features}"))
        };
        let said = optional("").unwrap_err().to_string();
        assert!(said.contains("pyo3 is optional, and no feature of the build enables it"), "{said}");
        assert!(said.contains("[tool.maturin] features = [\"python\"]"), "{said}");
        assert_eq!(optional("default = [\"python\"]")?.features, [""; 0]);
        Ok(())
    }

    #[test]
    fn a_crate_without_abi3_is_told_the_feature() {
        let error =
            route(ABI3, "[dependencies]\npyo3 = \"0.30\"").err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("no abi3 support") && error.contains("--features abi3-py39"), "{error}");
        let error =
            route(ABI3T, "[dependencies]\npyo3 = \"0.28\"").err().map(|error| error.to_string()).unwrap_or_default();
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
        assert_eq!(find(ABI3, &found, None)?.features, ["fast", "stable"]);
        Ok(())
    }

    #[test]
    fn bare_abi3_takes_the_floor_that_the_project_promises() -> Result<()> {
        let found =
            bindings("[dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3\"] }", &MaturinTable::default())?;
        let promise = specifiers(">=3.10");
        let route = find(ABI3, &found, Some(&promise))?;
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

    fn abis(manifest: &str, requires_python: &str, wanted: &[&str]) -> Result<Vec<String>> {
        let bindings = bindings(manifest, &MaturinTable::default())?;
        let requires_python = specifiers(requires_python);
        let project = Crate { bindings: &bindings, requires_python: Some(&requires_python), floor: None };
        let wanted = wanted.iter().map(|text| text.parse()).collect::<Result<Vec<AbiChoice>>>()?;
        let abis = project.abis(Some(&wanted))?;
        abis.iter().map(|abi| project.route(*abi).map(|route| route.python_abi_tag())).collect()
    }

    #[test]
    fn auto_is_the_complete_set_of_a_crate_with_abi3() -> Result<()> {
        let abi3 = "[dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3-py310\"] }";
        assert_eq!(abis(abi3, ">=3.10", &["auto"])?, ["cp310-abi3", "cp315-abi3.abi3t", "cp314-cp314t"]);
        let old = "[dependencies]\npyo3 = { version = \"0.28\", features = [\"abi3-py310\"] }";
        assert_eq!(abis(old, ">=3.10", &["auto"])?, ["cp310-abi3", "cp314-cp314t"]);
        assert_eq!(abis(abi3, ">=3.10, <3.14", &["auto"])?, ["cp310-abi3"]);
        Ok(())
    }

    #[test]
    fn auto_is_every_cpython_for_a_crate_without_abi3() -> Result<()> {
        let plain = |version: &str| format!("[dependencies]\npyo3 = \"{version}\"");
        assert_eq!(abis(&plain("0.22"), ">=3.11", &["auto"])?, ["cp311-cp311", "cp312-cp312", "cp313-cp313"]);
        let tags = abis(&plain("0.29"), ">=3.13", &["auto"])?;
        assert_eq!(tags, ["cp313-cp313", "cp314-cp314", "cp314-cp314t", "cp315-cp315", "cp315-cp315t"]);
        let error = abis(&plain("0.22"), ">=3.14", &["auto"]).unwrap_err().to_string();
        assert!(error.contains("pyo3 0.22 supports no CPython that requires-python admits"), "{error}");
        Ok(())
    }

    #[test]
    fn a_version_that_cannot_be_is_named_with_the_reason() -> Result<()> {
        let plain = "[dependencies]\npyo3 = \"0.24\"";
        assert_eq!(
            abis(plain, ">=3.8", &["cp313t", "cp39-cp310", "cp310"])?,
            ["cp39-cp39", "cp310-cp310", "cp313-cp313t"]
        );
        let said = |manifest: &str, abi: &str| abis(manifest, ">=3.9", &[abi]).unwrap_err().to_string();
        assert!(said(plain, "cp314").contains("pyo3 0.24 does not support CPython 3.14"));
        assert!(said(plain, "cp314t").contains("the free-threaded builds that it supports: 3.13 to 3.13"));
        assert!(said(plain, "cp38-cp39").contains("requires-python does not admit CPython 3.8"));
        assert!(said("[dependencies]\npyo3 = \"0.22\"", "cp313t").contains("it supports no free-threaded builds"));
        let always = "[dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3-py39\"] }";
        assert!(said(always, "cp312").contains("the feature abi3-py39 of pyo3 is always enabled"));
        Ok(())
    }

    #[test]
    fn an_older_pyo3_gets_extension_module_where_the_crate_forgot_it() -> Result<()> {
        let added = |version: &str, features: &str, rest: &str| -> Result<Vec<String>> {
            let pyo3 = format!("[dependencies]\npyo3 = {{ version = \"{version}\", features = [{features}] }}\n{rest}");
            Ok(route(ABI3, &pyo3)?.added)
        };
        assert_eq!(added("0.25", "\"abi3-py39\"", "")?, ["pyo3/extension-module"]);
        assert_eq!(added("0.25", "\"abi3-py39\", \"extension-module\"", "")?, [""; 0]);
        assert_eq!(added("0.26", "\"abi3-py39\"", "")?, [""; 0]);
        let by_feature = "[features]\nabi3 = [\"pyo3/abi3-py39\", \"pyo3/extension-module\"]";
        assert_eq!(added("0.22", "", by_feature)?, [""; 0]);
        Ok(())
    }

    #[test]
    fn abi3_is_switched_on_from_outside_with_a_floor() -> Result<()> {
        let floor = |manifest: &str, floor: PythonVersion| {
            let bindings = bindings(manifest, &MaturinTable::default())?;
            Crate { bindings: &bindings, requires_python: None, floor: Some(floor) }.route(ABI3)
        };
        let plain = "[dependencies]\npyo3 = \"0.27\"";
        let found = floor(plain, (3, 10))?;
        assert_eq!(
            (found.python_abi_tag().as_str(), found.added.as_slice()),
            ("cp310-abi3", &["pyo3/abi3-py310".to_owned()][..])
        );
        assert!(floor(plain, (3, 15)).unwrap_err().to_string().contains("its floors are 3.8 to 3.14"));
        let fixed = "[dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3-py39\"] }";
        assert!(floor(fixed, (3, 10)).unwrap_err().to_string().contains("a feature of the crate sets it to 3.9"));
        assert_eq!(floor(fixed, (3, 9))?.added, [""; 0]);
        Ok(())
    }
}
