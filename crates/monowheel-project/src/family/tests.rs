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
    let error = route(ABI3, "[dependencies]\npyo3 = \"0.30\"").err().map(|error| error.to_string()).unwrap_or_default();
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
    assert_eq!(abis(plain, ">=3.8", &["cp313t", "cp39-cp310", "cp310"])?, ["cp39-cp39", "cp310-cp310", "cp313-cp313t"]);
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
