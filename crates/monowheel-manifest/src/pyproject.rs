//! The third-party tables of a pyproject.toml: `[build-system]`, `[project]`, `[tool.maturin]`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

/// `[build-system]` of PEP 518, as far as it is needed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BuildSystem {
    /// The build backend.
    #[serde(default)]
    pub build_backend: Option<String>,
    /// Its requirements: strings, in a valid file.
    #[serde(default)]
    pub requires: Vec<toml::Value>,
}

/// `[project]` of PEP 621, as far as it is needed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ProjectTable {
    /// The distribution's name as written, not normalized.
    pub name: String,
    /// The version; absent when it is dynamic, then Cargo.toml has it.
    #[serde(default)]
    pub version: Option<String>,
    /// A PEP 440 specifier set.
    #[serde(default)]
    pub requires_python: Option<String>,
    /// The file with the long description: its path, or a table with `file`.
    #[serde(default)]
    readme: Option<toml::Value>,
    /// The license: an expression, or a table with `file`.
    #[serde(default)]
    license: Option<toml::Value>,
    /// Patterns of the files with the license (PEP 639).
    #[serde(default)]
    pub license_files: Option<Vec<String>>,
    /// The names that only this distribution provides to `import` (PEP 794).
    #[serde(default)]
    pub import_names: Option<Vec<String>>,
    /// The namespace packages that it adds to (PEP 794).
    #[serde(default)]
    pub import_namespaces: Option<Vec<String>>,
    /// The keys that the build backend has to fill in.
    #[serde(default)]
    pub dynamic: Vec<String>,
}

impl ProjectTable {
    /// The files that `readme` and `license` name, each with the name of its key.
    #[must_use]
    pub fn named_files(&self) -> Vec<(&'static str, &str)> {
        let plain = self.readme.as_ref().and_then(toml::Value::as_str);
        let readme = plain.or_else(|| self.readme.as_ref()?.get("file")?.as_str());
        let license = self.license.as_ref().and_then(|license| license.get("file")?.as_str());
        [readme.map(|file| ("readme", file)), license.map(|file| ("license", file))].into_iter().flatten().collect()
    }
}

/// `[tool.maturin]`, as far as it is needed to call maturin with the same meaning.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Written")]
pub struct MaturinTable {
    /// Where Cargo.toml is, relative to pyproject.toml.
    pub manifest_path: Option<PathBuf>,
    /// The extension module, `package._module` or `module`.
    pub module_name: Option<String>,
    /// The directory of the Python sources, relative to pyproject.toml.
    pub python_source: Option<PathBuf>,
    /// The Python packages that the wheel contains, in addition to the module's.
    pub python_packages: Vec<String>,
    /// The kind of bindings, if maturin should not detect it.
    pub bindings: Option<String>,
    /// Cargo features that every build enables.
    pub features: Vec<String>,
    /// Cargo features that builds for some interpreters enable.
    pub conditional_features: Vec<ConditionalFeature>,
    /// Whether a build enables every feature of the crate.
    pub all_features: bool,
    /// Whether a build leaves the default features out.
    pub no_default_features: bool,
    /// The Cargo profile of a build; `release` when absent.
    pub profile: Option<String>,
    /// The platform that Linux wheels are for.
    pub compatibility: Option<String>,
    /// The wheel's data directory (`NAME.data`).
    pub data: Option<PathBuf>,
    /// Files that are packed in addition to those of the package.
    pub include: Vec<Include>,
    /// Files that are not packed.
    pub exclude: Vec<Include>,
    /// Whether cargo may not change Cargo.lock.
    pub locked: bool,
    /// Whether cargo may neither change Cargo.lock nor download anything.
    pub frozen: bool,
    /// `KEY=VALUE` for cargo's `--config`.
    pub config: Vec<String>,
    /// Flags for cargo's `-Z`.
    pub unstable_flags: Vec<String>,
    /// The Cargo targets to build: the name and the kind of each.
    pub targets: Vec<CargoTarget>,
    /// Settings by Rust target.
    pub target: BTreeMap<String, TargetTable>,
    /// Every other key, by name.
    pub others: BTreeMap<String, toml::Value>,
}

impl MaturinTable {
    /// cargo's options for the features that every build enables.
    #[must_use]
    pub fn feature_flags(&self) -> Vec<String> {
        let default = self.no_default_features.then(|| "--no-default-features".to_owned());
        let all = self.all_features.then(|| "--all-features".to_owned());
        let named = (!self.features.is_empty()).then(|| format!("--features={}", self.features.join(",")));
        [default, all, named].into_iter().flatten().collect()
    }
}

/// A Cargo feature that maturin enables for some interpreters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionalFeature {
    /// The feature.
    pub feature: String,
    /// A PEP 440 specifier set of Python's version.
    pub python_version: Option<String>,
    /// The name of an implementation, such as `cpython`.
    pub python_implementation: Option<String>,
}

/// A pattern of files that are packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Include {
    /// The pattern, relative to pyproject.toml.
    pub path: String,
    /// Whether the sdist gets them.
    pub in_sdist: bool,
    /// Whether wheels get them.
    pub in_wheel: bool,
}

/// A Cargo target that maturin builds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CargoTarget {
    /// Its name.
    pub name: String,
    /// Its kind, such as `cdylib`.
    #[serde(default)]
    pub kind: Option<String>,
}

/// `[tool.maturin.target.TRIPLE]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TargetTable {
    /// The oldest macOS.
    #[serde(default, alias = "macosx-deployment-target")]
    pub macos_deployment_target: Option<String>,
    /// Every other key.
    #[serde(flatten)]
    pub others: BTreeMap<String, toml::Value>,
}

/// The table as it is written.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Written {
    manifest_path: Option<PathBuf>,
    module_name: Option<String>,
    python_source: Option<PathBuf>,
    python_packages: Option<Vec<String>>,
    bindings: Option<String>,
    features: Option<Vec<Feature>>,
    all_features: Option<bool>,
    no_default_features: Option<bool>,
    profile: Option<String>,
    #[serde(alias = "manylinux")]
    compatibility: Option<String>,
    data: Option<PathBuf>,
    include: Option<Vec<WrittenInclude>>,
    exclude: Option<Vec<WrittenInclude>>,
    locked: Option<bool>,
    frozen: Option<bool>,
    config: Option<Vec<String>>,
    unstable_flags: Option<Vec<String>>,
    targets: Option<Vec<CargoTarget>>,
    target: BTreeMap<String, TargetTable>,
    #[serde(flatten)]
    others: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Feature {
    Plain(String),
    #[serde(rename_all = "kebab-case")]
    Conditional {
        feature: String,
        #[serde(default)]
        python_version: Option<String>,
        #[serde(default)]
        python_implementation: Option<String>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenInclude {
    Path(String),
    Table {
        path: String,
        #[serde(default)]
        format: Option<Formats>,
        #[serde(default)]
        from: Option<String>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Formats {
    One(String),
    Several(Vec<String>),
}

impl From<Written> for MaturinTable {
    fn from(written: Written) -> Self {
        let mut table = Self {
            manifest_path: written.manifest_path,
            module_name: written.module_name,
            python_source: written.python_source,
            python_packages: written.python_packages.unwrap_or_default(),
            bindings: written.bindings,
            all_features: written.all_features.unwrap_or_default(),
            no_default_features: written.no_default_features.unwrap_or_default(),
            profile: written.profile,
            compatibility: written.compatibility,
            data: written.data,
            include: written.include.unwrap_or_default().into_iter().filter_map(WrittenInclude::files).collect(),
            exclude: written.exclude.unwrap_or_default().into_iter().filter_map(WrittenInclude::files).collect(),
            locked: written.locked.unwrap_or_default(),
            frozen: written.frozen.unwrap_or_default(),
            config: written.config.unwrap_or_default(),
            unstable_flags: written.unstable_flags.unwrap_or_default(),
            targets: written.targets.unwrap_or_default(),
            target: written.target,
            others: written.others,
            ..Self::default()
        };
        for feature in written.features.unwrap_or_default() {
            match feature {
                Feature::Plain(feature)
                | Feature::Conditional { feature, python_version: None, python_implementation: None } => {
                    table.features.push(feature);
                }
                Feature::Conditional { feature, python_version, python_implementation } => table
                    .conditional_features
                    .push(ConditionalFeature { feature, python_version, python_implementation }),
            }
        }
        table
    }
}

impl WrittenInclude {
    /// The files of the project that it names; none for those that a build script writes (`from = "out-dir"`).
    fn files(self) -> Option<Include> {
        let (path, format) = match self {
            Self::Path(path) | Self::Table { path, format: None, from: None } => {
                return Some(Include { path, in_sdist: true, in_wheel: true });
            }
            Self::Table { path, format: Some(format), from: None } => (path, format),
            Self::Table { from: Some(_), .. } => return None,
        };
        let has = |wanted: &str| match &format {
            Formats::One(one) => one == wanted,
            Formats::Several(several) => several.iter().any(|one| one == wanted),
        };
        Some(Include { in_sdist: has("sdist"), in_wheel: has("wheel"), path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_and_includes_are_read_in_every_form() {
        let table: MaturinTable = toml::from_str(
            "features = [\"a\", { feature = \"b\" }, { feature = \"c\", python-version = \">=3.11\" }]\n\
             include = [\"x\", { path = \"y\", format = \"wheel\" }, { path = \"z\", format = [\"sdist\", \"wheel\"] },\n\
             { path = \"o\", from = \"out-dir\", to = \"p/\" }]\n\
             manylinux = \"2_28\"\nstrip = true\nnonsense = 1\n[target.x86_64-apple-darwin]\nmacosx-deployment-target = \"11.0\"\n",
        )
        .unwrap_or_default();
        assert_eq!(table.features, ["a", "b"]);
        assert_eq!(table.conditional_features.len(), 1);
        assert_eq!(table.feature_flags(), ["--features=a,b"]);
        let include = |path: &str, in_sdist, in_wheel| Include { path: path.to_owned(), in_sdist, in_wheel };
        assert_eq!(table.include, [include("x", true, true), include("y", false, true), include("z", true, true)]);
        assert_eq!(table.compatibility.as_deref(), Some("2_28"));
        assert_eq!(table.others.keys().collect::<Vec<_>>(), ["nonsense", "strip"]);
        assert_eq!(table.target["x86_64-apple-darwin"].macos_deployment_target.as_deref(), Some("11.0"));
    }

    #[test]
    fn every_key_of_features_is_an_option_of_cargo() {
        let table: MaturinTable =
            toml::from_str("no-default-features = true\nall-features = true\n").unwrap_or_default();
        assert_eq!(table.feature_flags(), ["--no-default-features", "--all-features"]);
        assert!(MaturinTable::default().feature_flags().is_empty());
    }
}
