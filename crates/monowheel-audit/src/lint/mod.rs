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

pub use fix::{FixedFile, fixes, undo, write};
pub use report::{LintReport, ProjectReport, SCHEMA};

/// The options of a lint.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The ignores of the configuration.
    pub ignores: Vec<Ignore>,
    /// The ids of the rules to check; all rules if empty.
    pub select: Vec<String>,
    /// The version of `PyO3` that the crate is to be raised to: checks the rule for that, unless `select` names others.
    pub upgrade: Option<(u64, u64)>,
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
    let context = source.context();
    findings.retain(|finding| finding.place.member.as_deref().is_none_or(|member| !context.contains(member)));
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

/// Lints a text as the Rust file `path`, which need not exist; for editors.
///
/// # Errors
/// As [`lint`].
pub fn lint_text(path: &str, text: &[u8], options: &Options) -> Result<LintReport> {
    options.ignores.iter().try_for_each(audit::check_ignore)?;
    options.select.iter().try_for_each(|id| rules::named(id).map(|_| ()))?;
    let pool = threads::build(ThreadPoolBuilder::new().num_threads(1).stack_size(source::depth::STACK))?;
    let mut report = pool.install(|| report_on(std::iter::once_with(|| Ok(Source::of_text(path, text))), options))?;
    // The configuration's ignores are for the complete project; those in the text are of its lines.
    let of_text = |ignore: &Ignore| {
        ignore.path.as_deref().is_some_and(|place| place.rsplit_once(':').is_some_and(|(file, _)| file == path))
    };
    report.unused_ignores.retain(of_text);
    Ok(report)
}

fn look(paths: &[PathBuf], options: &Options) -> Result<LintReport> {
    report_on(paths.iter().map(|path| source::find(path)), options)
}

fn report_on(sources: impl Iterator<Item = Result<Source>>, options: &Options) -> Result<LintReport> {
    let ignores = Ignores::of(&options.ignores)?;
    let mut report = LintReport { schema: SCHEMA, monowheel: monowheel_error::VERSION, ..LintReport::default() };
    let is_selected = |rule: &str| match options.select.as_slice() {
        [] => options.upgrade.is_none() || rule == rules::UPGRADE,
        select => select.iter().any(|id| id == rule),
    };
    let mut sources = sources;
    loop {
        options.stop.check()?;
        let Some(source) = sources.next() else { break };
        let source = Source { upgrade: options.upgrade, ..source? };
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
