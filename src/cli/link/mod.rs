//! `monowheel link`: what a build calls as the linker for macOS. Not for people.

pub(super) mod args;

use std::time::Duration;

use monowheel_build::link;
use monowheel_error::terminal::lines;
use monowheel_error::{ExitCode, Result};
use monowheel_system::exec::{Call, CancelToken};

use crate::cli::link::args::LinkArgs;
use crate::cli::screen::Screen;

/// Longer than any link takes.
const LIMIT: Duration = Duration::from_secs(3600);

pub(super) fn run(args: &LinkArgs, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let copies = tempfile::Builder::new().prefix("monowheel-link-").tempdir()?;
    let has_sdk = std::env::var_os("SDKROOT").is_some_and(|sdk| !sdk.is_empty());
    let arguments = link::arguments(&args.arguments, &args.target, has_sdk, copies.path())?;
    let call = Call::new(&args.maturin).args(["zig", "cc", "--", "-g", "-fno-sanitize=all", "-target", &args.target]);
    let ended = call.args(arguments).capture(LIMIT, stop)?;
    // rustc shows it when the link fails.
    screen.machine(&ended.stdout)?;
    if !ended.stderr.is_empty() {
        screen.note(lines(&ended.stderr));
    }
    Ok(if ended.status.success() { ExitCode::Clean } else { ExitCode::Incomplete })
}
