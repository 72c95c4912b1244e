//! `monowheel explain`.

use monowheel_audit::finding::Severity;
use monowheel_audit::report::doc;
use monowheel_audit::rule::{Group, Rule};
use monowheel_audit::rules;
use monowheel_error::{ExitCode, Result, text};
use serde::Serialize;

use crate::cli::args::Global;
use crate::cli::rules::args::ExplainArgs;
use crate::cli::screen::{FAINT, Screen, TITLE};

/// The JSON form of a rule.
#[derive(Serialize)]
pub(super) struct RuleObject {
    id: &'static str,
    group: Group,
    severity: Severity,
    summary: &'static str,
    doc: String,
}

impl RuleObject {
    pub(super) fn of(rule: &'static Rule) -> Self {
        Self {
            id: rule.id,
            group: rule.group,
            severity: rule.severity,
            summary: rule.summary(),
            doc: doc::markdown(rule),
        }
    }
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    #[serde(flatten)]
    rule: RuleObject,
}

pub(crate) fn run(args: &ExplainArgs, global: &Global, screen: &mut Screen) -> Result<ExitCode> {
    let rule = rules::named(args.rule.trim())?;
    if global.json {
        screen.json(&Document { schema: "monowheel.rule/1", rule: RuleObject::of(rule) })?;
        return Ok(ExitCode::Clean);
    }
    screen.print(text!(
        "{} {}\n\n",
        TITLE.paint(rule.id),
        FAINT.paint(text!("({}, {})", rule.group.word(), rule.severity.word()))
    ));
    for line in doc::markdown(rule).lines() {
        match line.strip_prefix('#') {
            Some(heading) => {
                screen.print(text!("{}\n", TITLE.paint(heading.trim_start_matches('#').trim())));
            }
            None => screen.print(text!("{}\n", line)),
        }
    }
    Ok(ExitCode::Clean)
}
