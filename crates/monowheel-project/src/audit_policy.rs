//! The policy of audits and lints: the only place that turns a project's configuration into their settings.

use monowheel_audit::audit::{Options, check_ignore};
use monowheel_audit::finding::Severity;
use monowheel_audit::lint;
use monowheel_audit::report::{Counts, Ignore};
use monowheel_error::Result;
use monowheel_system::exec::CancelToken;
use monowheel_wheel::abi::PythonVersion;

use crate::config::Configuration;
use crate::tables::audit::Table;
use crate::target::{Target, WindowsAbi};

/// How the wheels of a project are judged. Every command that audits uses it, so that all come to the same verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditPolicy {
    /// The ignored findings.
    pub ignores: Vec<Ignore>,
    /// The lowest severity that fails.
    pub fail_on: Severity,
    /// The platforms that the project declares, if it does.
    pub declared: Option<Vec<String>>,
    /// The project whose wheels `declared` concerns, by its name as in file names; all wheels when absent.
    pub project: Option<String>,
    /// The oldest Python for shared libraries outside a wheel.
    pub floor: Option<PythonVersion>,
}

/// How the sources of a project are judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LintPolicy {
    /// The ignored findings.
    pub ignores: Vec<Ignore>,
    /// The lowest severity that fails.
    pub fail_on: Severity,
}

impl Default for AuditPolicy {
    fn default() -> Self {
        Self { ignores: Vec::new(), fail_on: Severity::Error, declared: None, project: None, floor: None }
    }
}

impl AuditPolicy {
    /// The policy of a project; without one, that of wheels of an unknown project.
    #[must_use]
    pub fn for_project(project: Option<&Configuration>) -> Self {
        let Some(Configuration { name, config, .. }) = project else { return Self::default() };
        Self {
            ignores: config.audit.ignore.clone(),
            fail_on: config.audit.fail_on.unwrap_or(Severity::Error),
            declared: config.targets.clone(),
            project: name.clone(),
            floor: None,
        }
    }

    /// The policy of one run: the command line adds ignores to the project's, and its `--fail-on` takes precedence.
    ///
    /// # Errors
    /// [`Usage`](monowheel_error::ErrorKind::Usage) when an ignore names no rule or gives no reason.
    pub fn with(mut self, ignores: &[Ignore], fail_on: Option<Severity>) -> Result<Self> {
        self.ignores = added(ignores, self.ignores)?;
        self.fail_on = fail_on.unwrap_or(self.fail_on);
        Ok(self)
    }

    /// The options of an audit with this policy; `sdists` are the file names of the sdists beside the wheels.
    #[must_use]
    pub fn options(&self, sdists: Vec<String>, stop: &CancelToken) -> Options {
        Options {
            jobs: None,
            ignores: self.ignores.clone(),
            floor: self.floor,
            declared: self.declared.as_ref().map(|names| names.iter().map(|name| with_level(name)).collect()),
            project: self.project.clone(),
            sdists,
            sdist_folders: Vec::new(),
            python: None,
            checked_by: String::new(),
            symbols: false,
            stop: stop.clone(),
        }
    }

    /// Whether so many findings pass.
    #[must_use]
    pub fn passes(&self, counts: &Counts) -> bool {
        counts.worst().is_none_or(|worst| worst < self.fail_on)
    }
}

/// A target by its full name: the table of targets knows the meaning of a name without a level (`manylinux_ppc64le` is
/// glibc 2.24), but an audit does not.
fn with_level(name: &str) -> String {
    Target::parse(name, WindowsAbi::default()).map_or_else(|_| name.to_owned(), |target| target.to_string())
}

impl LintPolicy {
    /// The policy of a project, or of sources without one.
    #[must_use]
    pub fn for_project(project: Option<&Configuration>) -> Self {
        let Table { ignore, fail_on } = project.map(|project| project.config.lint.clone()).unwrap_or_default();
        Self { ignores: ignore, fail_on: fail_on.unwrap_or(Severity::Error) }
    }

    /// The policy of one run, as [`AuditPolicy::with`].
    ///
    /// # Errors
    /// [`Usage`](monowheel_error::ErrorKind::Usage) when an ignore names no rule or gives no reason.
    pub fn with(self, ignores: &[Ignore], fail_on: Option<Severity>) -> Result<Self> {
        Ok(Self { ignores: added(ignores, self.ignores)?, fail_on: fail_on.unwrap_or(self.fail_on) })
    }

    /// The options of a lint with this policy.
    #[must_use]
    pub fn options(&self, complete: bool, stop: &CancelToken) -> lint::Options {
        lint::Options { ignores: self.ignores.clone(), complete, stop: stop.clone(), ..lint::Options::default() }
    }
}

/// The ignores of the command line before those of the project, which were checked when it was read.
fn added(ignores: &[Ignore], own: Vec<Ignore>) -> Result<Vec<Ignore>> {
    ignores.iter().try_for_each(check_ignore)?;
    Ok(ignores.iter().cloned().chain(own).collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn project(text: &str) -> Result<Configuration> {
        Configuration::parse(Path::new("pyproject.toml"), text)
    }

    #[test]
    fn the_project_decides_and_the_command_line_wins() -> Result<()> {
        let text = "[project]\nname = \"My.Demo\"\n[tool.monowheel]\ntargets = [\"win32\"]\n[tool.monowheel.audit]\n\
                    fail-on = \"note\"\nignore = [{ rule = \"debug-info\", reason = \"r\" }]\n[tool.monowheel.lint]\n\
                    fail-on = \"warning\"\n";
        let project = project(text)?;
        let policy = AuditPolicy::for_project(Some(&project));
        assert_eq!((policy.fail_on, policy.project.as_deref()), (Severity::Note, Some("my_demo")));
        assert_eq!(policy.declared, project.config.targets);
        let more = Ignore { rule: "sdist-missing".to_owned(), path: None, reason: "r".to_owned() };
        let once = policy.clone().with(std::slice::from_ref(&more), Some(Severity::Error))?;
        let rules: Vec<&str> = once.ignores.iter().map(|ignore| ignore.rule.as_str()).collect();
        assert_eq!((once.fail_on, rules), (Severity::Error, vec!["sdist-missing", "debug-info"]));
        let nameless = Ignore { rule: "no-such-rule".to_owned(), ..more };
        assert!(policy.with(&[nameless], None).is_err());
        assert_eq!(LintPolicy::for_project(Some(&project)).fail_on, Severity::Warning);
        assert_eq!(LintPolicy::for_project(None).fail_on, Severity::Error);
        Ok(())
    }

    /// The wheel for glibc 2.24 was missing for `manylinux_ppc64le`, because the lowest policy there is the one for
    /// 2.17.
    #[test]
    fn a_target_without_a_level_is_the_lowest_that_can_be_built() -> Result<()> {
        let text =
            "[project]\nname = \"demo\"\n[tool.monowheel]\ntargets = [\"manylinux_ppc64le\", \"macosx_universal2\"]\n";
        let options = AuditPolicy::for_project(Some(&project(text)?)).options(Vec::new(), &CancelToken::default());
        assert_eq!(options.declared, Some(vec!["manylinux_2_24_ppc64le".to_owned(), "macosx_universal2".to_owned()]));
        Ok(())
    }

    #[test]
    fn what_passes() {
        let counts = |errors, warnings, notes| Counts { errors, warnings, notes, ignored: 3 };
        for (fail_on, passes) in [
            (Severity::Error, [true, true, true, false]),
            (Severity::Warning, [true, true, false, false]),
            (Severity::Note, [true, false, false, false]),
        ] {
            let policy = AuditPolicy { fail_on, ..AuditPolicy::default() };
            let counts = [counts(0, 0, 0), counts(0, 0, 1), counts(0, 1, 0), counts(1, 0, 0)];
            assert_eq!(counts.map(|counts| policy.passes(&counts)), passes, "{fail_on:?}");
        }
    }
}
