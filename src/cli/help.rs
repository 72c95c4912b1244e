//! The overview of `monowheel --help`: the commands, grouped by what you do with them.

use std::fmt::Write as _;

use clap::builder::StyledStr;
use clap::{Command, CommandFactory as _};

use crate::cli::Cli;

/// Every command that `--help` shows, in the order of a project's life.
const GROUPS: &[(&str, &[&str])] = &[
    ("Write", &["new", "init", "lint", "lsp", "doctor"]),
    ("Build", &["plan", "build", "ci"]),
    ("Check", &["audit", "test", "soak", "compare", "reproduce", "verify"]),
    ("Understand", &["size", "symbols", "api", "floor", "debug"]),
    ("Release", &["release", "publish", "pin"]),
    ("Scale", &["fleet"]),
    ("More", &["lab", "pythons", "rules", "explain", "cache", "completions", "man", "schema"]),
];
/// Options come last: the commands are what a newcomer looks for.
const TEMPLATE: &str = "{about-with-newline}\n{usage-heading} {usage}{after-help}\n\nOptions:\n{options}";
/// The columns before what a command does.
const NAMES: usize = 14;

/// The command line, whose help lists the commands in groups.
pub(super) fn command() -> Command {
    let command = Cli::command();
    let overview = overview(&command);
    command.help_template(TEMPLATE).after_help(overview)
}

fn overview(command: &Command) -> StyledStr {
    let styles = command.get_styles();
    let (header, literal) = (styles.get_header(), styles.get_literal());
    let mut text = StyledStr::new();
    for (title, names) in GROUPS {
        // Writing to a text does not fail.
        let _ = writeln!(text, "{header}{title}:{header:#}");
        for name in *names {
            let about = command.find_subcommand(name).and_then(Command::get_about).map(ToString::to_string);
            let _ = writeln!(
                text,
                "  {literal}{name}{literal:#}{:gap$}{}",
                "",
                about.unwrap_or_default(),
                gap = NAMES - name.len()
            );
        }
        let _ = writeln!(text);
    }
    let _ = writeln!(text, "`monowheel COMMAND --help` describes a command.");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_one_group() {
        let command = Cli::command();
        let visible = command.get_subcommands().filter(|below| !below.is_hide_set()).map(Command::get_name);
        let mut visible: Vec<&str> = visible.collect();
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| *names).copied().collect();
        visible.sort_unstable();
        grouped.sort_unstable();
        assert_eq!(grouped, visible);
    }

    #[test]
    fn the_overview_fits_a_terminal() {
        let text = overview(&Cli::command()).to_string();
        let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty(), "{wide:#?}");
    }
}
