//! `[tool.monowheel.release]`: the name of a release.

use schemars::JsonSchema;
use serde::Deserialize;

/// `[tool.monowheel.release]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Table {
    /// The name of a tag, with `{version}` in it; `v{version}` when absent.
    #[serde(default)]
    pub tag: Option<String>,
}
