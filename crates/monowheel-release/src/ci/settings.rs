//! `[tool.monowheel.ci]` of a pyproject.toml: what no other table says and a CI has to know.

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::tables::ci::Table;
use serde::Serialize;

use crate::ci::validate::{self, Words};

/// The same with everything said, and nothing in it that a workflow would take for something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Settings {
    /// The lines of the project's own tests.
    pub(crate) test: Vec<String>,
    /// As in [`Table::msvc`].
    pub(crate) msvc: bool,
    /// The environment of the job that publishes.
    pub(crate) environment: String,
    /// The index's name.
    pub(crate) index: &'static str,
    /// Where the index shows a project.
    pub(crate) site: &'static str,
    /// Whether the wheels are attested.
    pub(crate) attestations: bool,
    /// The branch that pushes are tested on.
    pub(crate) branch: String,
    /// The Rust toolchain.
    pub(crate) rust: String,
    /// Packages at one version.
    pub(crate) tools: Vec<String>,
    /// What the names of the files begin with; empty, or ends with `-`.
    pub(crate) prefix: String,
    /// The limit of a job.
    pub(crate) timeout_minutes: u16,
}

impl Settings {
    /// Looks at each word of the table.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] naming the key and the characters it may have.
    pub(crate) fn of(table: &Table) -> Result<Self> {
        let said = |word: &Option<String>, default: &str| word.clone().unwrap_or_else(|| default.to_owned());
        let environment = said(&table.environment, "pypi");
        validate::word("environment", &environment, Words::Name)?;
        let branch = said(&table.branch, "main");
        validate::word("branch", &branch, Words::Branch)?;
        let rust = said(&table.rust, "stable");
        validate::word("rust", &rust, Words::Name)?;
        for tool in &table.tools {
            let Some((name, version)) = tool.split_once("==") else {
                return Err(Error::new(ErrorKind::Usage, format!("{tool:?} names no version"))
                    .at("[tool.monowheel.ci] tools")
                    .next("tools = [\"maturin==1.16.2\", \"ziglang==0.17.0\"]"));
            };
            validate::word("tools", name, Words::Name)?;
            validate::word("tools", version, Words::Name)?;
        }
        let mut prefix = said(&table.prefix, "");
        if !prefix.is_empty() {
            validate::word("prefix", &prefix, Words::Name)?;
            prefix = format!("{}-", prefix.trim_end_matches('-'));
        }
        let timeout_minutes = table.timeout_minutes.unwrap_or(60);
        // GitHub ends a job after six hours at the latest.
        if !(1..=360).contains(&timeout_minutes) {
            return Err(Error::new(ErrorKind::Usage, format!("a job cannot have {timeout_minutes} minutes"))
                .at("[tool.monowheel.ci] timeout-minutes")
                .next("timeout-minutes = 60 (1 to 360)"));
        }
        Ok(Self {
            test: table.test.as_deref().map(validate::script).transpose()?.unwrap_or_default(),
            msvc: table.msvc,
            environment,
            index: table.index.word(),
            site: table.index.site(),
            attestations: table.attestations.unwrap_or(true),
            branch,
            rust,
            tools: table.tools.clone(),
            prefix,
            timeout_minutes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Settings, String> {
        let table = toml::from_str::<Table>(text).map_err(|error| error.to_string())?;
        Settings::of(&table).map_err(|error| error.to_string())
    }

    #[test]
    fn an_empty_table_means_the_defaults() -> Result<(), String> {
        let settings = of("")?;
        let said = (settings.environment.as_str(), settings.branch.as_str(), settings.index, settings.timeout_minutes);
        assert_eq!(said, ("pypi", "main", "pypi", 60));
        assert!(settings.attestations && !settings.msvc && settings.test.is_empty() && settings.prefix.is_empty());
        assert_eq!(of("prefix = \"demo\"")?.prefix, of("prefix = \"demo-\"")?.prefix);
        Ok(())
    }

    #[test]
    fn what_a_workflow_would_misread_is_refused() {
        for text in [
            "environment = \"a b\"",
            "environment = \"\"",
            "environment = \"x\\n    permissions: write-all\"",
            "environment = \"${{ secrets.TOKEN }}\"",
            "branch = \"-x\"",
            "branch = \"release/*\"",
            "rust = \"stable; rm -rf .\"",
            "rust = \"--help\"",
            "tools = [\"maturin\"]",
            "tools = [\"maturin==1; x\"]",
            "tools = [\"--index-url==x\"]",
            "prefix = \"../../x\"",
            "test = \"\"",
            "test = \"echo ${{ github.event.pull_request.title }}\"",
            "test = \"echo \\u0007\"",
            "timeout-minutes = 0",
            "timeout-minutes = 361",
            "index = \"elsewhere\"",
        ] {
            assert!(of(text).is_err(), "{text}");
        }
        let unknown = of("enviroment = \"x\"").unwrap_err();
        assert!(unknown.contains("enviroment") && unknown.contains("`environment`"), "{unknown}");
    }
}
