//! `[tool.monowheel.test]`: how wheels are tried on interpreters.

use monowheel_system::exec::Isolation;
use serde::Deserialize;

/// The table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Table {
    /// The project's own tests: words as in a shell, without a shell. `{project}` is the directory of the
    /// pyproject.toml; `python` and `pytest` are those of the environment.
    #[serde(default)]
    pub command: Option<String>,
    /// What the command needs, as pip takes it: `pytest>=8`.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Extras of the distribution that the command needs.
    #[serde(default)]
    pub extras: Vec<String>,
    /// How many seconds a check may take, five times as many where an emulator runs it: 600 for the command
    /// and 60 for an import when absent; an import never gets more.
    #[serde(default)]
    pub time_limit: Option<u64>,
    /// Modules to import instead of the wheel's extension modules.
    #[serde(default)]
    pub import: Option<Vec<String>>,
    /// Whether the wheels run isolated: `auto`, `required` or `off`.
    #[serde(default)]
    pub isolation: Option<Isolation>,
    /// Interpreters that are left out, each with a reason.
    #[serde(default)]
    pub skip: Vec<Skip>,
}

/// An interpreter that is left out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Skip {
    /// As `--python` takes it: `3.8`, `3.15t`, `3.13-win-amd64`.
    pub python: String,
    /// Why; it may not be empty.
    pub reason: String,
}
