//! `monowheel lint`.

pub(super) mod args;

use std::path::{Path, PathBuf};

use monowheel_audit::finding::Severity;
use monowheel_audit::lint::{self, Mended, Options};
use monowheel_audit::report::{Format, Report, Text};
use monowheel_error::text;
use monowheel_error::{ExitCode, Result};
use monowheel_project::audit_policy::Settings;
use monowheel_system::exec::Stop;

use crate::cli::args::Global;
use crate::cli::audit::tell;
use crate::cli::format;
use crate::cli::lint::args::LintArgs;
use crate::cli::release::report::painted;
use crate::cli::screen::{GOOD, Screen};

pub(super) fn run(args: &LintArgs, global: &Global, stop: &Stop, screen: &mut Screen) -> Result<ExitCode> {
    let format = format::chosen(args.report.format, global.json, Format::Json, Format::Text)?;
    let settings = match (&args.config, args.paths.first().and_then(|path| own_config(path))) {
        (Some(named), _) => Settings::find(Some(named))?,
        (None, Some(own)) => Settings::of(&own)?,
        (None, None) => Settings::default(),
    };
    let fail_on = args.report.fail_on.or(settings.lint.fail_on).unwrap_or(Severity::Error);
    let ignores = args.report.ignore.iter().chain(&settings.lint.ignore).cloned().collect();
    let options = Options { ignores, complete: args.complete, stop: stop.clone() };
    let mut report = lint::lint(&args.paths, &options)?;
    if args.fix || args.diff {
        let mended = mended(&report)?;
        if args.diff {
            let how = Text { colours: true, details: false };
            mended.iter().for_each(|file| screen.note(painted(&file.diff(), how)));
        } else {
            lint::write(&mended)?;
            let findings = mended.iter().map(|file| file.findings).sum();
            let files = text::count(mended.len(), "file");
            screen.note(text!("{} {} in {}", GOOD.paint("mended"), text::count(findings, "finding"), files));
            report = lint::lint(&args.paths, &options)?;
        }
    }
    tell(&report, format, args.report.output.as_deref(), global, screen)?;
    Ok(report.exit_code(fail_on))
}

fn mended(report: &Report) -> Result<Vec<Mended>> {
    let mut all = Vec::new();
    for project in &report.files {
        all.extend(lint::mend(project)?);
    }
    Ok(all)
}

/// The pyproject.toml of the project that a path names or is in.
fn own_config(path: &Path) -> Option<PathBuf> {
    let whole = std::path::absolute(path).ok()?;
    whole.ancestors().map(|folder| folder.join("pyproject.toml")).find(|file| file.is_file())
}
