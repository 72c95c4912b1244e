//! `[tool.monowheel.ci]`: settings for CI that no other table has.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The table as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Table {
    /// The project's own tests, for the shell of a Linux machine; without it there is no job for them.
    #[serde(default)]
    pub test: Option<String>,
    /// Interpreters to run the wheels on: `3.8`, `3.15t`; by default all that the release's wheels support.
    #[serde(default)]
    pub pythons: Option<Vec<String>>,
    /// Machines to run the wheels on, by the names of `runners.toml`; by default all that the release's wheels support.
    #[serde(default)]
    pub runners: Option<Vec<String>>,
    /// Whether tox runs the project's suite on them; by default if there is a `tox.ini`.
    #[serde(default)]
    pub tox: Option<bool>,
    /// Whether cibuildwheel also builds for Windows with Microsoft's linker, according to `[tool.cibuildwheel]`.
    #[serde(default)]
    pub msvc: bool,
    /// The environment of the job that publishes; `pypi` when absent.
    #[serde(default)]
    pub environment: Option<String>,
    /// The index; `pypi` when absent.
    #[serde(default)]
    pub index: Index,
    /// Whether the wheels are attested; true when absent.
    #[serde(default)]
    pub attestations: Option<bool>,
    /// The branch that pushes are tested on; `main` when absent.
    #[serde(default)]
    pub branch: Option<String>,
    /// The Rust toolchain, as rustup names it; `stable` when absent.
    #[serde(default)]
    pub rust: Option<String>,
    /// Pinned packages for the build, `maturin==1.16.2`: by default those that monowheel was tested with.
    #[serde(default)]
    pub tools: Vec<String>,
    /// Digests of GitLab's images by name, `"python:3.13" = "sha256:…"`; an image without one is named by its tag.
    #[serde(default)]
    pub image_digests: BTreeMap<String, String>,
    /// The prefix of the file names, for a repository with several projects.
    #[serde(default)]
    pub prefix: Option<String>,
    /// The time limit of a job, in minutes; 60 when absent.
    #[serde(default)]
    pub timeout_minutes: Option<u16>,
}

/// Where a release is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Index {
    /// <https://pypi.org>.
    #[default]
    Pypi,
    /// <https://test.pypi.org>.
    Testpypi,
}

impl Index {
    /// As the value of `monowheel publish --index`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pypi => "pypi",
            Self::Testpypi => "testpypi",
        }
    }

    /// The URL of a project's page.
    #[must_use]
    pub const fn site(self) -> &'static str {
        match self {
            Self::Pypi => "https://pypi.org",
            Self::Testpypi => "https://test.pypi.org",
        }
    }
}
