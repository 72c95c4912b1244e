//! `[tool.monowheel.test]` of a pyproject.toml.

use std::path::PathBuf;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::config::Configuration;
use monowheel_project::tables::test::Table;

use crate::trials::find::Wanted;

/// A project's test settings, and its directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `[tool.monowheel.test]`.
    pub table: Table,
    /// The directory of the pyproject.toml.
    pub(crate) project: Option<PathBuf>,
    /// Its distribution name, as in file names.
    pub name: Option<String>,
}

impl Settings {
    /// The settings of a project; without one, only the standard checks.
    ///
    /// # Errors
    /// As [`Settings::check`], naming the file; and when its directory cannot be resolved.
    pub fn for_project(project: Option<&Configuration>) -> Result<Self> {
        let Some(Configuration { path, root, name, config }) = project else { return Ok(Self::default()) };
        let (table, name) = (config.test.clone(), name.clone());
        let settings = Self { table, project: Some(fs_err::canonicalize(root)?), name };
        // An error that names its part of the table keeps that place.
        settings.check().map_err(|error| if error.place().is_some() { error } else { error.at(path.display()) })?;
        Ok(settings)
    }

    /// Validates the values.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for an empty command, an invalid skip, or one without a reason.
    pub fn check(&self) -> Result<()> {
        for skip in &self.table.skip {
            Wanted::parse(&skip.python)?;
            if skip.reason.trim().is_empty() {
                return Err(Error::new(ErrorKind::Usage, format!("skip of {}: no reason", skip.python))
                    .next("add a reason: skip = [{ python = \"…\", reason = \"…\" }]"));
            }
        }
        self.table.command.as_deref().map_or(Ok(()), |command| words(command).map(|_| ()))
    }

    /// The same for a distribution that may belong to another project, which then has no test settings.
    #[must_use]
    pub(crate) fn of(&self, name: &str) -> Self {
        if self.name.as_deref().is_none_or(|own| own == name) { self.clone() } else { Self::default() }
    }
}

/// The words of a command, as a POSIX shell splits them.
///
/// # Errors
/// [`ErrorKind::Usage`] when there is none, or a quote is not closed.
pub(crate) fn words(command: &str) -> Result<Vec<String>> {
    let words = shlex::split(command).filter(|words| !words.is_empty());
    words.ok_or_else(|| {
        Error::new(ErrorKind::Usage, "the command is empty or has an open quote")
            .at(format_args!("[tool.monowheel.test] command = {command:?}"))
            .next("write it like command = \"pytest {project}/tests\"")
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn parse(text: &str) -> Result<Settings> {
        Settings::for_project(Some(&Configuration::parse(Path::new("pyproject.toml"), text)?))
    }

    fn fails(text: &str) -> String {
        parse(text).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn the_table() -> Result<()> {
        let text = "[project]\nname = \"My.Demo\"\n[tool.monowheel.test]\ncommand = \"pytest '{project}/a b'\"\n\
                    requires = [\"pytest\"]\nextras = [\"x\"]\ntime-limit = 5\nskip = [{ python = \"3.8\", reason = \"r\" }]";
        let settings = parse(text)?;
        assert_eq!(settings.name.as_deref(), Some("my_demo"));
        assert_eq!((settings.table.time_limit, settings.table.skip.len()), (Some(5), 1));
        assert_eq!(words(settings.table.command.as_deref().unwrap_or_default())?, ["pytest", "{project}/a b"]);
        assert_eq!(settings.of("other"), Settings::default());
        assert_eq!(settings.of("my_demo"), settings);
        Ok(())
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(fails("[tool.monowheel.test]\ncomand = 1").contains("unknown field `comand`"));
        assert!(fails("[tool.monowheel.test]\ncommand = \"pytest 'x\"").contains("open quote"));
        assert!(fails("[tool.monowheel.test]\nskip = [{ python = \"3.8\", reason = \" \" }]").contains("no reason"));
        assert!(fails("[tool.monowheel.test]\nskip = [{ python = \"three\", reason = \"x\" }]").contains("three"));
    }
}
