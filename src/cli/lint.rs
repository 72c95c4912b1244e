//! `monowheel lint`.

use std::path::{Path, PathBuf};

use crate::audit::Settings;
use crate::cli::args::{Global, LintArgs};
use crate::cli::audit::tell;
use crate::cli::form;
use crate::cli::screen::{GOOD, Screen};
use crate::error::{ExitCode, Result};
use crate::exec::Stop;
use crate::finding::Severity;
use crate::lint::{self, Mended, Options};
use crate::report::{Format, Report, Text, release::painted, words};

pub(super) fn run(args: &LintArgs, global: &Global, stop: &Stop, screen: &mut Screen) -> Result<ExitCode> {
    let format = form::chosen(args.report.format, global.json, Format::Json, Format::Text)?;
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
            mended.iter().for_each(|file| screen.note(&painted(&file.diff(), how)));
        } else {
            lint::write(&mended)?;
            let findings = mended.iter().map(|file| file.findings).sum();
            let files = words::count(mended.len(), "file");
            screen.note(&format!("{GOOD}mended{GOOD:#} {} in {files}", words::count(findings, "finding")));
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
