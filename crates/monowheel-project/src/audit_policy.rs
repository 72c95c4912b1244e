//! `[tool.monowheel.audit]` and `[tool.monowheel.lint]` of a pyproject.toml.

use std::path::Path;

use monowheel_audit::audit::check_ignore;
use monowheel_audit::finding::Severity;
use monowheel_audit::report::Ignore;
use monowheel_error::{Error, ErrorKind, Result};
use serde::Deserialize;

use crate::config;

/// The table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Table {
    /// Findings that do not count, each with its reason.
    #[serde(default)]
    pub ignore: Vec<Ignore>,
    /// The mildest finding that makes the exit code 1; an error when absent.
    #[serde(default)]
    pub fail_on: Option<Severity>,
}

/// What a project's configuration says to an audit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `[tool.monowheel.audit]`.
    pub table: Table,
    /// `[tool.monowheel.lint]`.
    pub lint: Table,
    /// `targets` of `[tool.monowheel]`.
    pub targets: Option<Vec<String>>,
    /// The project's name as file names write it.
    pub project: Option<String>,
}

/// What is read of `[tool.monowheel]`.
#[derive(Deserialize)]
struct Own {
    targets: Option<Vec<String>>,
    audit: Option<Table>,
    lint: Option<Table>,
}

impl Settings {
    /// Those of the file that the user names, which must have the table; else those of `./pyproject.toml`, if
    /// there is one.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the file is not there or not as expected, and when an ignore names no rule
    /// or gives no reason.
    pub fn find(named: Option<&Path>) -> Result<Self> {
        let path = named.unwrap_or(Path::new("pyproject.toml"));
        let text = match fs_err::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return match named {
                    None => Ok(Self::default()),
                    Some(_) => Err(Error::new(ErrorKind::Usage, "no such configuration")
                        .at(path.display())
                        .next("name a pyproject.toml with a table [tool.monowheel.audit]")),
                };
            }
            Err(error) => return Err(error.into()),
        };
        let settings = Self::parse(&text, named.is_some());
        settings.map_err(|error| error.at(path.display()))
    }

    /// Those of a file that is there, whatever tables it has.
    ///
    /// # Errors
    /// As [`Settings::find`].
    pub fn of(path: &Path) -> Result<Self> {
        let text = fs_err::read_to_string(path)?;
        Self::parse(&text, false).map_err(|error| error.at(path.display()))
    }

    fn parse(text: &str, must_have_table: bool) -> Result<Self> {
        let knows = "[tool.monowheel.audit] and [tool.monowheel.lint] know: ignore = [{ rule = \"…\", path = \"…\", reason = \"…\" }], fail-on = \"warning\"";
        let (project, own) = config::read::<Own>(text, knows)?;
        let own = own.unwrap_or(Own { targets: None, audit: None, lint: None });
        if must_have_table && own.audit.is_none() && own.lint.is_none() {
            return Err(Error::new(ErrorKind::Usage, "there is no table [tool.monowheel.audit]")
                .next("add it, or leave --config out"));
        }
        let (table, lint) = (own.audit.unwrap_or_default(), own.lint.unwrap_or_default());
        table.ignore.iter().chain(&lint.ignore).try_for_each(check_ignore)?;
        Ok(Self { table, lint, targets: own.targets, project })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        Settings::parse(text, false).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn reads_a_projects_settings() -> Result<()> {
        let settings = Settings::parse(
            "[build-system]\nbuild-backend = \"hatchling.build\"\n[project]\nname = \"My.Demo\"\n\
             [tool.monowheel]\ntargets = [\"win32\"]\n[tool.monowheel.audit]\nfail-on = \"warning\"\n",
            true,
        )?;
        assert_eq!(settings.table.fail_on, Some(Severity::Warning));
        assert_eq!(settings.targets.as_deref(), Some(&["win32".to_owned()][..]));
        assert_eq!(settings.project.as_deref(), Some("my_demo"));
        assert_eq!(Settings::parse("[project]\n", false)?, Settings::default());
        Ok(())
    }

    #[test]
    fn mistakes_are_named() {
        assert!(said("[tool.monowheel.audit]\nignores = []").contains("unknown field `ignores`"));
        assert!(said("[tool.monowheel.audit]\nfail-on = \"bad\"").contains("unknown variant"));
        assert!(said("[tool.monowheel.audit]\nignore = [{ rule = \"x\" }]").contains("missing field `reason`"));
        let unknown = said("[tool.monowheel.audit]\nignore = [{ rule = \"no-such-rule\", reason = \"r\" }]");
        assert!(unknown.contains("no rule is called \"no-such-rule\""), "{unknown}");
        let error = Settings::parse("[tool.monowheel]\n", true).err().map(|error| error.kind());
        assert_eq!(error, Some(ErrorKind::Usage));
    }
}
