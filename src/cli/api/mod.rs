//! `monowheel api`.

pub(super) mod args;
mod diff;
mod parity;
mod side;
pub(super) mod stubs;
mod types;

use std::path::PathBuf;

use monowheel_error::{ExitCode, Result};
use monowheel_system::exec::CancelToken;

use crate::cli::api::args::{Action, ApiArgs};
use crate::cli::args::Global;
use crate::cli::screen::Screen;

pub(super) fn run(
    args: &ApiArgs,
    global: &Global,
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    match &args.action {
        Action::Diff(args) => diff::run(args, global, python, stop, screen),
        Action::Parity(args) => parity::run(args, global, stop, screen),
        Action::Stubs(args) => stubs::run(args, global, python, stop, screen),
        Action::Types(args) => types::run(args, global, python, stop, screen),
    }
}
