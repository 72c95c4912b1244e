//! `monowheel rules`.

pub(super) mod args;
pub(super) mod explain;

use monowheel_audit::rule::Rule;
use monowheel_audit::rules;
use monowheel_error::{ExitCode, Result, text};
use serde::Serialize;

use crate::cli::args::Global;
use crate::cli::rules::args::RulesArgs;
use crate::cli::rules::explain::RuleObject;
use crate::cli::screen::{FAINT, Screen};
use crate::cli::table::Table;

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    rules: Vec<RuleObject>,
}

pub(super) fn run(args: &RulesArgs, global: &Global, screen: &mut Screen) -> Result<ExitCode> {
    let chosen: Vec<&'static Rule> =
        rules::all().filter(|rule| args.group.is_empty() || args.group.contains(&rule.group)).collect();
    if global.json {
        let rules = chosen.into_iter().map(RuleObject::of).collect();
        screen.json(&Document { schema: "monowheel.rules/1", rules })?;
        return Ok(ExitCode::Clean);
    }
    let mut rows =
        Table::new(&["rule", "group", "severity", "what is wrong"]).wrap(0, 16).wrap(3, 22).optional(&[1, 2]);
    for rule in &chosen {
        rows.row([&rule.id, &rule.group.word(), &rule.severity.word(), &rule.summary()]);
    }
    screen.print(rows.text(screen.width()));
    screen.print(text!(
        "\n{}\n",
        FAINT.paint(text!("{} rules; `monowheel explain RULE` shows the documentation of one", chosen.len()))
    ));
    Ok(ExitCode::Clean)
}
