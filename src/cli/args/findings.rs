//! The words of what tells findings: `audit` and `lint`.

use std::path::PathBuf;

use clap::Args;
use monowheel_audit::finding::Severity;
use monowheel_audit::report::{Format, Ignore};

use crate::cli::args::one_of;

/// How to tell findings, and which of them count.
#[derive(Args, Debug)]
pub(crate) struct ReportArgs {
    /// The form of the report; `--json` is `--format json`
    #[arg(long, value_name = "FORMAT", value_parser = one_of(Format::ALL, Format::word))]
    pub(crate) format: Option<Format>,
    /// Write the report to this file; the verdict is printed all the same
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The mildest finding that makes the exit code 1; `error` unless the configuration says otherwise
    #[arg(long, value_name = "SEVERITY", value_parser = one_of(Severity::ALL, Severity::word))]
    pub(crate) fail_on: Option<Severity>,
    /// The mildest findings that the form for people lists, instead of counting them; `warning`, or `note` with -v
    #[arg(long, value_name = "SEVERITY", value_parser = one_of(Severity::ALL, Severity::word))]
    pub(crate) min_severity: Option<Severity>,
    /// Do not count the findings of RULE, for a REASON that the report shows; repeat it for more
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
