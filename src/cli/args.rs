//! The options that several commands share. Those of one command are in its own directory.

pub(super) mod findings;
pub(super) mod index;
pub(super) mod isolation;
pub(super) mod lock;
pub(super) mod toolchain;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

/// Options of every command.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
pub(super) struct Global {
    /// Print the result as JSON on stdout, with a versioned `schema`; progress stays on stderr
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Print only the result and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Verbose: show full tool output and complete lists of symbols
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
    /// When to use colors
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(super) color: Color,
}

/// When to use colors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// A parser for the values of an enum that a library defines, each with its line of `--help`.
pub(super) fn one_of<T: Copy + Send + Sync>(
    values: &'static [(T, &'static str)],
    word: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let known = values.iter().map(|(value, about)| PossibleValue::new(word(*value)).help(*about));
    PossibleValuesParser::new(known).try_map(move |text| {
        values.iter().find(|(value, _)| word(*value) == text).map(|(value, _)| *value).ok_or("no such value")
    })
}
