//! `monowheel lint`.

pub(super) mod args;

use std::path::Path;

use monowheel_audit::lint::{self, FixedFile, LintReport, Options};
use monowheel_audit::report::{Format, Renderable, Text};
use monowheel_error::text;
use monowheel_error::{ExitCode, Result};
use monowheel_project::audit_policy::LintPolicy;
use monowheel_project::config::Configuration;
use monowheel_system::exec::CancelToken;

use crate::cli::args::Global;
use crate::cli::audit::tell;
use crate::cli::format;
use crate::cli::lint::args::LintArgs;
use crate::cli::release::report::painted;
use crate::cli::screen::{GOOD, Screen};

pub(super) fn run(args: &LintArgs, global: &Global, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let format = format::chosen(args.report.format, global.json, Format::Json, Format::Text)?;
    let project = Configuration::find(args.config.as_deref(), args.paths.first().map(|path| directory(path)))?;
    let policy = LintPolicy::for_project(project.as_ref()).with(&args.report.ignore, args.report.fail_on)?;
    let options = Options { select: args.select.clone(), ..policy.options(args.complete, stop) };
    let mut report = lint::lint(&args.paths, &options)?;
    if args.fix || args.diff {
        let fixed = fixes(&report)?;
        if args.diff {
            let how = Text { colours: true, details: false, ..Text::default() };
            fixed.iter().for_each(|file| screen.note(painted(&file.diff(), how)));
        } else {
            lint::write(&fixed)?;
            let findings = fixed.iter().map(|file| file.findings).sum();
            let files = text::count(fixed.len(), "file");
            screen.note(text!("{} {} in {}", GOOD.paint("fixed"), text::count(findings, "finding"), files));
            report = lint::lint(&args.paths, &options)?;
        }
    }
    tell(&report, format, &args.report, global, screen)?;
    Ok(report.exit_code(policy.fail_on))
}

fn fixes(report: &LintReport) -> Result<Vec<FixedFile>> {
    let mut all = Vec::new();
    for project in &report.projects {
        all.extend(lint::fixes(project)?);
    }
    Ok(all)
}

/// The directory that a path names: its own, or that of a manifest or a file.
fn directory(path: &Path) -> &Path {
    if path.is_dir() { path } else { path.parent().unwrap_or(path) }
}
