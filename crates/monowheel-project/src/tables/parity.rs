//! `[tool.monowheel.parity]`: the Rust API that Python should have.

use std::collections::BTreeMap;

use monowheel_api::parity::Exclusion;
use monowheel_error::{Error, ErrorKind, Result};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::schema_parts;

/// The table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Table {
    /// The dependency whose API it is; the crate's own when absent.
    #[serde(default)]
    pub of: Option<String>,
    /// The items that Python does not have on purpose, each with its reason.
    #[serde(default)]
    #[schemars(schema_with = "schema_parts::exclusions")]
    pub exclude: Vec<Exclusion>,
    /// The items with another name in Python: `Session::query` is `Session.execute`.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// The files and directories of tests, relative to this file; `tests` when absent.
    #[serde(default)]
    pub tests: Option<Vec<String>>,
    /// The percentage of items that Python has to have.
    #[serde(default)]
    #[schemars(range(max = 100))]
    pub fail_under: Option<u8>,
}

impl Table {
    /// Checks what the types leave open.
    pub(crate) fn check(&self) -> Result<()> {
        if let Some(one) = self.exclude.iter().find(|one| one.name.trim().is_empty() || one.reason.trim().is_empty()) {
            return Err(Error::new(ErrorKind::Usage, format!("{:?} is excluded without a name or a reason", one.name))
                .next("write exclude = [{ name = \"Session::close\", reason = \"…\" }]"));
        }
        match self.fail_under {
            Some(percent) if percent > 100 => {
                Err(Error::new(ErrorKind::Usage, "fail-under of [tool.monowheel.parity] is a percentage")
                    .next("write a number from 0 to 100"))
            }
            _ => Ok(()),
        }
    }
}
