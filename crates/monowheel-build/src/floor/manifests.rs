//! Removes a crate's own choice of floor from its manifests, so that another can be tried.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::{atomic_write, regular_file};
use toml::{Table, Value};

/// The tables of dependencies in a manifest, which are also in each `[target.*]` and in `[workspace]`.
const DEPENDENCIES: [&str; 3] = ["dependencies", "build-dependencies", "dev-dependencies"];
const BINDINGS: [&str; 2] = ["pyo3", "pyo3-ffi"];
/// Directories of a source that have no manifest of its crates.
const SKIPPED: [&str; 3] = ["target", ".git", "node_modules"];

/// Removes the features abi3 and abi3-py3N of PyO3 from every Cargo.toml below `source`, which is an unpacked sdist.
/// Features of the crate that enable them stay, so that its own code compiles as before. The crate calls PyO3 `key`.
///
/// # Errors
/// When a manifest cannot be read or written.
pub(crate) fn remove_floors(source: &Path, key: &str) -> Result<()> {
    let mut folders = vec![source.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(&folder)? {
            let entry = entry?;
            let (kind, name) = (entry.file_type()?, entry.file_name());
            if kind.is_dir() && !SKIPPED.iter().any(|skipped| name == *skipped) {
                folders.push(entry.path());
            } else if kind.is_file() && name == "Cargo.toml" {
                let text = regular_file::read_text(&entry.path())?;
                if let Some(changed) = without_floor(&text, key).map_err(|error| error.at(entry.path().display()))? {
                    atomic_write::write(&entry.path(), changed)?;
                }
            }
        }
    }
    Ok(())
}

/// Removes features that set a floor from maturin's settings in the pyproject.toml of `project`.
///
/// # Errors
/// As [`remove_floors`].
pub(crate) fn remove_floor_from_maturin(project: &Path) -> Result<()> {
    let path = project.join("pyproject.toml");
    let parsed = toml::from_str(&regular_file::read_text(&path)?);
    let mut table: Table =
        parsed.map_err(|error| Error::new(ErrorKind::Project, error.to_string()).at(path.display()))?;
    let maturin = table.get_mut("tool").and_then(|tool| tool.get_mut("maturin"));
    let Some(features) = maturin.and_then(|maturin| maturin.get_mut("features")) else { return Ok(()) };
    retain(features, |feature| !feature.split_once('/').is_some_and(|(_, name)| is_floor(name)));
    atomic_write::write(&path, table.to_string())
}

/// The manifest without the features, if it has any.
fn without_floor(manifest: &str, key: &str) -> Result<Option<String>> {
    let mut table: Table =
        toml::from_str(manifest).map_err(|error| Error::new(ErrorKind::Project, error.to_string()))?;
    let before = table.clone();
    let mut keys: Vec<String> = BINDINGS.into_iter().chain([key]).map(str::to_owned).collect();
    in_dependencies(&mut table, &mut keys);
    if let Some(Value::Table(workspace)) = table.get_mut("workspace") {
        in_dependencies(workspace, &mut keys);
    }
    if let Some(Value::Table(targets)) = table.get_mut("target") {
        targets.iter_mut().filter_map(|(_, target)| target.as_table_mut()).for_each(|target| {
            in_dependencies(target, &mut keys);
        });
    }
    if let Some(Value::Table(features)) = table.get_mut("features") {
        for (_, list) in features.iter_mut() {
            retain(list, |entry| {
                let enabled = entry
                    .split_once('/')
                    .filter(|(key, _)| keys.iter().any(|known| *known == key.trim_end_matches('?')));
                !enabled.is_some_and(|(_, feature)| is_floor(feature))
            });
        }
    }
    Ok((table != before).then(|| table.to_string()))
}

/// Removes the features from the dependencies on PyO3, and adds the names that the manifest calls it by to `keys`.
fn in_dependencies(table: &mut Table, keys: &mut Vec<String>) {
    for name in DEPENDENCIES {
        let Some(Value::Table(dependencies)) = table.get_mut(name) else { continue };
        for (key, dependency) in dependencies.iter_mut() {
            let Value::Table(dependency) = dependency else { continue };
            let package = dependency.get("package").and_then(Value::as_str).unwrap_or(key);
            if BINDINGS.contains(&package) || keys.contains(key) {
                keys.push(key.clone());
                if let Some(list) = dependency.get_mut("features") {
                    retain(list, |feature| !is_floor(feature));
                }
            }
        }
    }
}

fn retain(list: &mut Value, keeps: impl Fn(&str) -> bool) {
    if let Value::Array(list) = list {
        list.retain(|entry| entry.as_str().is_none_or(&keeps));
    }
}

/// Whether a feature of PyO3 sets the floor of abi3; abi3t has one of its own.
fn is_floor(feature: &str) -> bool {
    feature == "abi3" || feature.starts_with("abi3-py")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(manifest: &str) -> Result<Table> {
        let text = without_floor(manifest, "pyo3")?.unwrap_or_default();
        toml::from_str(&text).map_err(|error| Error::new(ErrorKind::Project, error.to_string()))
    }

    #[test]
    fn every_way_to_set_a_floor_is_removed() -> Result<()> {
        let table = changed(
            "[workspace.dependencies]\n\
             pyo3 = { version = \"0.29\", features = [\"abi3-py39\", \"macros\"] }\n\
             [dependencies]\n\
             py = { package = \"pyo3\", version = \"0.29\", features = [\"abi3\"] }\n\
             other = { version = \"1\", features = [\"abi3\"] }\n\
             [target.'cfg(unix)'.dependencies]\n\
             pyo3-ffi = { version = \"0.29\", features = [\"abi3-py310\", \"abi3t\"] }\n\
             [features]\n\
             default = [\"stable\"]\n\
             stable = [\"py/abi3-py38\", \"pyo3?/abi3\", \"other/abi3\", \"std\"]\n\
             std = []\n",
        )?;
        let text = table.to_string();
        assert!(!text.contains("abi3-py"), "{text}");
        assert_eq!(table["features"]["stable"].as_array().map(Vec::len), Some(2), "{text}");
        assert!(text.contains("other/abi3") && text.contains("macros") && text.contains("abi3t"), "{text}");
        assert_eq!(table["dependencies"]["other"]["features"][0].as_str(), Some("abi3"));
        assert_eq!(table["dependencies"]["py"]["features"].as_array().map(Vec::len), Some(0));
        Ok(())
    }

    #[test]
    fn maturin_sets_no_floor_either() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("pyproject.toml");
        fs_err::write(&path, "[project]\nname = \"m\"\n[tool.maturin]\nfeatures = [\"pyo3/abi3-py39\", \"fast\"]\n")?;
        remove_floor_from_maturin(dir.path())?;
        let text = fs_err::read_to_string(&path)?;
        assert!(text.contains("features = [\"fast\"]") && text.contains("name = \"m\""), "{text}");
        Ok(())
    }

    #[test]
    fn a_name_from_the_workspace_is_known() -> Result<()> {
        let member = "[dependencies]\npy = { workspace = true, features = [\"abi3-py38\"] }\n";
        assert!(without_floor(member, "py")?.is_some_and(|text| !text.contains("abi3")));
        assert_eq!(without_floor(member, "pyo3")?, None);
        Ok(())
    }

    #[test]
    fn other_manifests_are_not_written() -> Result<()> {
        for manifest in ["[workspace]\nmembers = []\n", "[dependencies]\npyo3 = \"0.29\"\n", "[features]\nabi3 = []\n"]
        {
            assert_eq!(without_floor(manifest, "pyo3")?, None, "{manifest}");
        }
        assert!(without_floor("[dependencies", "pyo3").is_err());
        Ok(())
    }

    #[test]
    fn a_source_is_changed_in_all_its_crates_and_nowhere_else() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let manifest = "[dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3-py39\"] }\n";
        for folder in ["", "crates/a", "target/package/b"] {
            fs_err::create_dir_all(dir.path().join(folder))?;
            fs_err::write(dir.path().join(folder).join("Cargo.toml"), manifest)?;
        }
        remove_floors(dir.path(), "pyo3")?;
        let has = |path: &str| fs_err::read_to_string(dir.path().join(path)).map(|text| text.contains("abi3"));
        assert!(!has("Cargo.toml")? && !has("crates/a/Cargo.toml")? && has("target/package/b/Cargo.toml")?);
        Ok(())
    }
}
