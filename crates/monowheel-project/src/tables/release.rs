//! `[tool.monowheel.release]`: what a release is called.

use serde::Deserialize;

/// `[tool.monowheel.release]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Table {
    /// What a tag is called, with `{version}` in it; `v{version}` when absent.
    #[serde(default)]
    pub tag: Option<String>,
}
