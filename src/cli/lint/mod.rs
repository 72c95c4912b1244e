//! `monowheel lint`.

pub(super) mod args;
mod check;

use std::path::{Path, PathBuf};

use monowheel_audit::lint::{self, FixedFile, LintReport, Options};
use monowheel_audit::report::{Format, Renderable, Text};
use monowheel_error::text;
use monowheel_error::{Error, ErrorKind, ExitCode, Result};
use monowheel_project::audit_policy::LintPolicy;
use monowheel_project::config::Configuration;
use monowheel_system::exec::CancelToken;
use monowheel_system::regular_file::MOST_TEXT;

use crate::cli::args::Global;
use crate::cli::audit::tell;
use crate::cli::format;
use crate::cli::lint::args::LintArgs;
use crate::cli::release::report::painted;
use crate::cli::screen::{GOOD, Screen};
use crate::cli::stdin;

pub(super) fn run(args: &LintArgs, global: &Global, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let format = format::chosen(args.report.format, global.json, Format::Json, Format::Text)?;
    let name = stdin_name(args)?;
    let named = name.as_deref().or(args.paths.first().map(PathBuf::as_path));
    let project = Configuration::find(args.config.as_deref(), named.map(directory))?;
    let policy = LintPolicy::for_project(project.as_ref()).with(&args.report.ignore, args.report.fail_on)?;
    let options = Options { select: args.select.clone(), upgrade: args.upgrade, ..policy.options(args.complete, stop) };
    if let Some(name) = name {
        let text = stdin::read_all(MOST_TEXT, stop)?;
        let report = lint::lint_text(&name.to_string_lossy().replace('\\', "/"), &text, &options)?;
        tell(&report, format, &args.report, args.group_by, global, screen)?;
        return Ok(report.exit_code(policy.fail_on));
    }
    let mut report = lint::lint(&args.paths, &options)?;
    if args.fix || args.diff {
        let fixed = fixes(&report)?;
        if args.diff {
            let how = Text { colours: true, details: false, ..Text::default() };
            fixed.iter().for_each(|file| screen.note(painted(&file.diff(), how)));
        } else {
            if args.check {
                check::write(&fixed, stop, screen)?;
            } else {
                lint::write(&fixed)?;
            }
            let findings = fixed.iter().map(|file| file.findings).sum();
            let files = text::count(fixed.len(), "file");
            screen.note(text!("{} {} in {}", GOOD.paint("fixed"), text::count(findings, "finding"), files));
            report = lint::lint(&args.paths, &options)?;
        }
    }
    tell(&report, format, &args.report, args.group_by, global, screen)?;
    Ok(report.exit_code(policy.fail_on))
}

/// The name of the file that is read from stdin, if it is.
fn stdin_name(args: &LintArgs) -> Result<Option<PathBuf>> {
    let usage = |what: &str, next: &str| Err(Error::new(ErrorKind::Usage, what).next(next));
    if !args.paths.iter().any(|path| path.as_os_str() == "-") {
        return match &args.stdin_filename {
            Some(_) => usage("--stdin-filename names what `-` reads", "add `-` as the PATH"),
            None => Ok(None),
        };
    }
    if args.paths.len() > 1 {
        return usage("`-` reads one file from stdin, and nothing else", "name the other paths in a second run");
    }
    if args.fix || args.diff {
        return usage("a file from stdin cannot be changed", "use --json, whose findings contain the edits");
    }
    Ok(Some(args.stdin_filename.clone().unwrap_or_else(|| PathBuf::from("stdin.rs"))))
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
    match path.parent() {
        Some(parent) if !path.is_dir() && parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) if !path.is_dir() => parent,
        _ => path,
    }
}
