//! `[tool.monowheel.test]` of a pyproject.toml.

use std::path::PathBuf;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::config::Configuration;
use monowheel_project::tables::test::Table;

use crate::trials::find::Wanted;

/// What a project says of its tests, and where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `[tool.monowheel.test]`.
    pub table: Table,
    /// The folder of the pyproject.toml.
    pub(crate) project: Option<PathBuf>,
    /// The name that it gives the distribution, as file names write it.
    pub name: Option<String>,
}

impl Settings {
    /// The settings of a project; without one, only the checks that every wheel gets.
    ///
    /// # Errors
    /// As [`Settings::check`], naming the file; and when its directory cannot be resolved.
    pub fn for_project(project: Option<&Configuration>) -> Result<Self> {
        let Some(Configuration { path, root, name, config }) = project else { return Ok(Self::default()) };
        let (table, name) = (config.test.clone(), name.clone());
        let settings = Self { table, project: Some(fs_err::canonicalize(root)?), name };
        // An error that names its part of the table keeps it.
        settings.check().map_err(|error| if error.place().is_some() { error } else { error.at(path.display()) })?;
        Ok(settings)
    }

    /// Looks at what has a form of its own.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a command without words, a skip of nothing, or one without a reason.
    pub fn check(&self) -> Result<()> {
        for skip in &self.table.skip {
            Wanted::parse(&skip.python)?;
            if skip.reason.trim().is_empty() {
                return Err(Error::new(ErrorKind::Usage, format!("skip of {}: no reason", skip.python))
                    .next("say why: skip = [{ python = \"…\", reason = \"…\" }]"));
            }
        }
        self.table.command.as_deref().map_or(Ok(()), |command| words(command).map(|_| ()))
    }

    /// The same for a distribution that may be another project's: then nothing is known of its tests.
    #[must_use]
    pub(crate) fn of(&self, name: &str) -> Self {
        if self.name.as_deref().is_none_or(|own| own == name) { self.clone() } else { Self::default() }
    }
}

/// The words of a command, as a POSIX shell splits them.
///
/// # Errors
/// [`ErrorKind::Usage`] when there is none, or a quote is not closed.
pub(super) fn words(command: &str) -> Result<Vec<String>> {
    let words = shlex::split(command).filter(|words| !words.is_empty());
    words.ok_or_else(|| {
        Error::new(ErrorKind::Usage, "the command has no words, or an open quote")
            .at(format_args!("[tool.monowheel.test] command = {command:?}"))
            .next("such as command = \"pytest {project}/tests\"")
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
