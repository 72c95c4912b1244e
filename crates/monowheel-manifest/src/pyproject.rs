//! The tables of a pyproject.toml that others define: `[build-system]`, `[project]`, `[tool.maturin]`.

use std::path::PathBuf;

use serde::Deserialize;

/// `[build-system]` of PEP 518, as far as it is needed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BuildSystem {
    /// What makes the wheel.
    #[serde(default)]
    pub build_backend: Option<String>,
}

/// `[project]` of PEP 621, as far as it is needed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ProjectTable {
    /// The distribution's name as written, not normalised.
    pub name: String,
    /// The version; absent when it is dynamic, then Cargo.toml has it.
    #[serde(default)]
    pub version: Option<String>,
    /// A PEP 440 specifier set.
    #[serde(default)]
    pub requires_python: Option<String>,
    /// What only this distribution provides to `import` (PEP 794).
    #[serde(default)]
    pub import_names: Option<Vec<String>>,
    /// The namespace packages that it adds to (PEP 794).
    #[serde(default)]
    pub import_namespaces: Option<Vec<String>>,
    /// The keys that the build backend is to fill in.
    #[serde(default)]
    pub dynamic: Vec<String>,
}

/// `[tool.maturin]`, as far as it is needed to call maturin with the same meaning.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct MaturinTable {
    /// Where Cargo.toml is, relative to pyproject.toml.
    #[serde(default)]
    pub manifest_path: Option<PathBuf>,
    /// The extension module, `package._module` or `module`.
    #[serde(default)]
    pub module_name: Option<String>,
    /// The folder of the Python sources, relative to pyproject.toml.
    #[serde(default)]
    pub python_source: Option<PathBuf>,
    /// The Python packages that the wheel contains, beside that of the module.
    #[serde(default)]
    pub python_packages: Vec<String>,
    /// Cargo features that a build turns on.
    #[serde(default)]
    pub features: Vec<String>,
    /// Whether a build leaves the default features out.
    #[serde(default)]
    pub no_default_features: bool,
    /// The Cargo profile of a build; `release` when absent.
    #[serde(default)]
    pub profile: Option<String>,
}
