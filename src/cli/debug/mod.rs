//! `monowheel debug`.

pub(super) mod args;
mod breakpoints;
mod flame;
mod leaks;
mod profile;
mod stack;

use std::path::PathBuf;

use monowheel_error::{ExitCode, Result};
use monowheel_system::exec::CancelToken;

use crate::cli::args::Global;
use crate::cli::debug::args::{DebugArgs, DebugCommand};
use crate::cli::screen::Screen;

pub(super) fn run(
    args: &DebugArgs,
    global: &Global,
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    match &args.command {
        DebugCommand::Leaks(args) => leaks::run(args, global, stop, screen),
        DebugCommand::Stack(args) => stack::run(args, global, python.as_deref(), stop, screen),
        DebugCommand::Break(args) => breakpoints::run(args, global, stop, screen),
        DebugCommand::Profile(args) => profile::run(args, global, python.as_deref(), stop, screen),
        DebugCommand::Hang(args) => stack::run_hang(args, global, python.as_deref(), stop, screen),
    }
}
