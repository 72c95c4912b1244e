//! `[tool.monowheel.api]`: what a build and a release check of the Python API.

use monowheel_api::comparison::Allowance;
use monowheel_error::{Error, ErrorKind, Result};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::schema_parts;

/// The baseline that is the last release on the index.
pub const INDEX: &str = "index";

/// The table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Table {
    /// The release that `release check` compares the distributions with: `index` for the last one on the index,
    /// `NAME==VERSION`, or the path of a wheel or of a directory of wheels. Nothing is compared when absent.
    #[serde(default)]
    pub baseline: Option<String>,
    /// Changes that the version number need not show, each with its reason.
    #[serde(default)]
    #[schemars(schema_with = "schema_parts::allowances")]
    pub allow: Vec<Allowance>,
    /// What `build` does with the type stubs of the project; nothing when absent.
    #[serde(default)]
    pub stubs: Option<Stubs>,
}

/// What a build does with type stubs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stubs {
    /// It refuses stubs that are missing, stale or wrong, as `api stubs --check` does.
    Check,
    /// It writes them first, as `api stubs` does.
    Write,
}

impl Table {
    /// Checks what the types leave open.
    pub(crate) fn check(&self) -> Result<()> {
        if self.baseline.as_deref().is_some_and(|baseline| baseline.trim().is_empty()) {
            return Err(Error::new(ErrorKind::Usage, "the baseline of [tool.monowheel.api] is empty")
                .next("write baseline = \"index\", a release (NAME==VERSION) or the path of wheels"));
        }
        self.allow.iter().try_for_each(Allowance::check)
    }
}
