//! The sources of `PyO3` projects → [`LintReport`]: reads each project, runs the rules on sources, and separates the
//! findings that count from those that a comment or the configuration ignores.

mod fix;
mod report;
mod suppressed;

use std::path::PathBuf;

use monowheel_error::Result;
use monowheel_system::exec::CancelToken;
use monowheel_system::threads;
use rayon::ThreadPoolBuilder;

use crate::audit::{self, Ignores};
use crate::finding::Finding;
use crate::report::{Failure, Ignore};
use crate::rule::{Check, Found};
use crate::rules;
use crate::source::{self, Source};

pub use fix::{FixedFile, fixes, write};
pub use report::{LintReport, ProjectReport, SCHEMA};

/// The options of a lint.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The ignores of the configuration.
    pub ignores: Vec<Ignore>,
    /// The ids of the rules to check; all rules if empty.
    pub select: Vec<String>,
    /// Whether a file that cannot be read as Rust is a failure instead of a finding.
    pub complete: bool,
    /// Ends it early.
    pub stop: CancelToken,
}

/// The findings of every rule on sources for one project, worst first.
#[must_use]
pub fn findings(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in rules::all() {
        if let Check::Source(check) = rule.check {
            check(source, &mut Found::new(rule, &mut findings));
        }
    }
    findings.retain(|finding| finding.place.member.as_deref().is_none_or(|member| source.is_asked(member)));
    audit::worst_first(findings)
}

/// Lints each path: a project, a crate, a workspace, or a Rust file.
///
/// # Errors
/// [`monowheel_error::ErrorKind::Usage`] if a path contains nothing to lint, or if an ignore in the configuration or
/// [`Options::select`] names an unknown rule; or after [`Options::stop`].
pub fn lint(paths: &[PathBuf], options: &Options) -> Result<LintReport> {
    options.ignores.iter().try_for_each(audit::check_ignore)?;
    options.select.iter().try_for_each(|id| rules::named(id).map(|_| ()))?;
    let pool = threads::build(ThreadPoolBuilder::new().stack_size(source::depth::STACK))?;
    pool.install(|| look(paths, options))
}

fn look(paths: &[PathBuf], options: &Options) -> Result<LintReport> {
    let ignores = Ignores::of(&options.ignores)?;
    let mut report = LintReport { schema: SCHEMA, monowheel: monowheel_error::VERSION, ..LintReport::default() };
    let is_selected = |rule: &str| options.select.is_empty() || options.select.iter().any(|id| id == rule);
    for path in paths {
        options.stop.check()?;
        let source = source::find(path)?;
        options.stop.check()?;
        let mut findings = findings(&source);
        findings.retain(|finding| is_selected(&finding.rule));
        let (counting, mut ignored) = ignores.apply(findings);
        let (mut counting, by_comment, unused) = suppressed::apply(&source, counting);
        ignored.extend(by_comment);
        report.unused_ignores.extend(unused.into_iter().filter(|ignore| is_selected(&ignore.rule)));
        if options.complete {
            counting.retain(|finding| finding.rule != rules::UNREADABLE_SOURCE);
            report.failures.extend(
                source
                    .unreadable
                    .iter()
                    .map(|file| Failure { place: format!("{}: {}", source.place, file.place), why: file.why.clone() }),
            );
        }
        report.counts.add_all(&counting, ignored.len());
        report.projects.push(ProjectReport { findings: counting, ignored, ..ProjectReport::of(&source) });
    }
    report.unused_ignores.extend(ignores.unused().into_iter().filter(|ignore| is_selected(&ignore.rule)));
    Ok(report)
}
