//! `[tool.monowheel.test]`: how wheels are tested on interpreters.

use monowheel_system::exec::Isolation;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::schema_parts;

/// The table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Table {
    /// The project's own tests: words as in a shell, without a shell. `{project}` is the directory of the
    /// pyproject.toml; `python` and `pytest` are those of the environment.
    #[serde(default)]
    pub command: Option<String>,
    /// The requirements of the command, in pip's syntax: `pytest>=8`.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Extras of the distribution that the command needs.
    #[serde(default)]
    pub extras: Vec<String>,
    /// The time limit of a check in seconds, five times as much in an emulator: 600 for the command
    /// and 60 for an import when absent; an import never gets more.
    #[serde(default)]
    pub time_limit: Option<u64>,
    /// Modules to import instead of the wheel's extension modules.
    #[serde(default)]
    pub import: Option<Vec<String>>,
    /// Whether the wheels run isolated: `auto`, `required` or `off`.
    #[serde(default)]
    #[schemars(schema_with = "schema_parts::isolation")]
    pub isolation: Option<Isolation>,
    /// Interpreters that are left out, each with a reason.
    #[serde(default)]
    pub skip: Vec<Skip>,
}

/// An interpreter that is left out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Skip {
    /// As `--python` takes it: `3.8`, `3.15t`, `3.13-win-amd64`.
    pub python: String,
    /// Why; it may not be empty.
    pub reason: String,
}
