//! `[tool.monowheel.audit]` and `[tool.monowheel.lint]`: the ignored findings, and when to fail.

use monowheel_audit::finding::Severity;
use monowheel_audit::report::Ignore;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::schema_parts;

/// The table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Table {
    /// Ignored findings, each with its reason.
    #[serde(default)]
    #[schemars(schema_with = "schema_parts::ignores")]
    pub ignore: Vec<Ignore>,
    /// The lowest severity that makes the exit code 1; an error when absent.
    #[serde(default)]
    #[schemars(schema_with = "schema_parts::severity")]
    pub fail_on: Option<Severity>,
}
