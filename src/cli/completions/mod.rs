//! `monowheel completions`: shell completion scripts.

pub(super) mod args;

use clap::CommandFactory as _;
use monowheel_error::{ExitCode, Result};

use crate::cli::Cli;
use crate::cli::completions::args::CompletionsArgs;
use crate::cli::screen::Screen;

pub(super) fn run(args: &CompletionsArgs, screen: &mut Screen) -> Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "monowheel", &mut script);
    screen.machine(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::Clean)
}
