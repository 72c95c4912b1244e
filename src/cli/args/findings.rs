//! Options of the commands that report findings: `audit` and `lint`.

use std::path::PathBuf;

use clap::Args;
use monowheel_audit::finding::Severity;
use monowheel_audit::report::{Format, Ignore};

use crate::cli::args::one_of;

/// How to report findings, and which of them count.
#[derive(Args, Debug)]
pub(crate) struct ReportArgs {
    /// Format of the report; `--json` is `--format json`
    #[arg(long, value_name = "FORMAT", value_parser = one_of(Format::ALL, Format::word))]
    pub(crate) format: Option<Format>,
    /// Write the report to this file; the summary is still printed
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Lowest severity that makes the command fail [default: `error`, or as configured]
    #[arg(long, value_name = "SEVERITY", value_parser = one_of(Severity::ALL, Severity::word))]
    pub(crate) fail_on: Option<Severity>,
    /// Lowest severity listed in the text report; others are only counted [default: warning, or note with -v]
    #[arg(long, value_name = "SEVERITY", value_parser = one_of(Severity::ALL, Severity::word))]
    pub(crate) min_severity: Option<Severity>,
    /// Ignore the findings of RULE, for a REASON that the report shows; may be given more than once
    #[arg(long, value_name = "RULE=REASON", value_parser = ignore)]
    pub(crate) ignore: Vec<Ignore>,
}

fn ignore(text: &str) -> Result<Ignore, String> {
    match text.split_once('=') {
        Some((rule, reason)) if !reason.trim().is_empty() => {
            Ok(Ignore { rule: rule.trim().to_owned(), path: None, reason: reason.trim().to_owned() })
        }
        _ => Err("an ignore needs a reason: RULE=REASON".to_owned()),
    }
}
