//! `[tool.monowheel.ci]` of a pyproject.toml: what no other table says and a CI has to know.

use serde::{Deserialize, Serialize};

use crate::ci::sound::{self, Words};
use crate::error::{Error, ErrorKind, Result};

/// The table as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Table {
    /// The project's own tests, for the shell of a Linux machine; without it there is no job for them.
    #[serde(default)]
    pub test: Option<String>,
    /// Interpreters to run the wheels on: `3.8`, `3.15t`; all that a wheel of the set is for when absent.
    #[serde(default)]
    pub pythons: Option<Vec<String>>,
    /// Machines to run the wheels on, by the names of `runners.toml`; all that a wheel of the set is for when absent.
    #[serde(default)]
    pub runners: Option<Vec<String>>,
    /// Whether tox runs the project's suite on them; when absent, where there is a `tox.ini`.
    #[serde(default)]
    pub tox: Option<bool>,
    /// Whether cibuildwheel also builds for Windows with Microsoft's linker, as `[tool.cibuildwheel]` says.
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
    /// Packages at one version for the build, `maturin==1.16.2`: else the newest that monowheel takes.
    #[serde(default)]
    pub tools: Vec<String>,
    /// What the names of the files begin with, where a repository has several projects.
    #[serde(default)]
    pub prefix: Option<String>,
    /// How long a job may take, in minutes; 60 when absent.
    #[serde(default)]
    pub timeout_minutes: Option<u16>,
}

/// Where a release is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Index {
    /// <https://pypi.org>.
    #[default]
    Pypi,
    /// <https://test.pypi.org>.
    Testpypi,
}

impl Index {
    /// As `monowheel publish --index` has it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pypi => "pypi",
            Self::Testpypi => "testpypi",
        }
    }

    /// Where the page of a project is.
    #[must_use]
    pub const fn site(self) -> &'static str {
        match self {
            Self::Pypi => "https://pypi.org",
            Self::Testpypi => "https://test.pypi.org",
        }
    }
}

/// The same with everything said, and nothing in it that a workflow would take for something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// The lines of the project's own tests.
    pub test: Vec<String>,
    /// As in [`Table::msvc`].
    pub msvc: bool,
    /// The environment of the job that publishes.
    pub environment: String,
    /// The index's name.
    pub index: &'static str,
    /// Where the index shows a project.
    pub site: &'static str,
    /// Whether the wheels are attested.
    pub attestations: bool,
    /// The branch that pushes are tested on.
    pub branch: String,
    /// The Rust toolchain.
    pub rust: String,
    /// Packages at one version.
    pub tools: Vec<String>,
    /// What the names of the files begin with; empty, or ends with `-`.
    pub prefix: String,
    /// The limit of a job.
    pub timeout_minutes: u16,
}

impl Settings {
    /// Looks at each word of the table.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] naming the key and the characters it may have.
    pub fn of(table: &Table) -> Result<Self> {
        let said = |word: &Option<String>, default: &str| word.clone().unwrap_or_else(|| default.to_owned());
        let environment = said(&table.environment, "pypi");
        sound::word("environment", &environment, Words::Name)?;
        let branch = said(&table.branch, "main");
        sound::word("branch", &branch, Words::Branch)?;
        let rust = said(&table.rust, "stable");
        sound::word("rust", &rust, Words::Name)?;
        for tool in &table.tools {
            let Some((name, version)) = tool.split_once("==") else {
                return Err(Error::new(ErrorKind::Usage, format!("{tool:?} names no version"))
                    .at("[tool.monowheel.ci] tools")
                    .next("tools = [\"maturin==1.16.2\", \"ziglang==0.17.0\"]"));
            };
            sound::word("tools", name, Words::Name)?;
            sound::word("tools", version, Words::Name)?;
        }
        let mut prefix = said(&table.prefix, "");
        if !prefix.is_empty() {
            sound::word("prefix", &prefix, Words::Name)?;
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
            test: table.test.as_deref().map(sound::script).transpose()?.unwrap_or_default(),
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
