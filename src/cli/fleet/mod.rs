//! `monowheel fleet`: its options. The command itself is written in Python (`monowheel.fleet`), because the engines that
//! it uses are: Dask for the work, Parquet and DuckDB for the results.

pub(super) mod args;

use monowheel_error::{ExitCode, Result};
use serde::Serialize;

use crate::cli::args::{Color, Global};
use crate::cli::fleet::args::{FleetArgs, FleetCommand};
use crate::cli::screen::Screen;

/// What Python gets: the command with its options, and how to print.
#[derive(Serialize)]
struct Request<'a> {
    #[serde(flatten)]
    command: &'a FleetCommand,
    json: bool,
    quiet: bool,
    verbose: bool,
    color: &'static str,
}

pub(super) fn run(args: &FleetArgs, global: &Global, screen: &mut Screen) -> Result<ExitCode> {
    let (json, quiet, verbose) = (global.json, global.quiet, global.verbose);
    let color = match global.color {
        Color::Auto => "auto",
        Color::Always => "always",
        Color::Never => "never",
    };
    screen.hand_over(&Request { command: &args.command, json, quiet, verbose, color })?;
    Ok(ExitCode::Clean)
}
