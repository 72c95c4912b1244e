//! `monowheel rules`.

use serde::Serialize;

use crate::cli::args::{Global, RulesArgs};
use crate::cli::explain::RuleObject;
use crate::cli::screen::{FAINT, Screen, lines, table};
use crate::error::{ExitCode, Result};
use crate::rule::Rule;
use crate::rules;

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
    let mut rows = table(&["rule", "group", "severity", "what is wrong"]);
    for rule in &chosen {
        rows.add_row([rule.id, rule.group.word(), rule.severity.word(), rule.summary()]);
    }
    screen.print(lines(&rows));
    screen.print(format_args!("\n{FAINT}{} rules; `monowheel explain RULE` tells all of one{FAINT:#}\n", chosen.len()));
    Ok(ExitCode::Clean)
}
