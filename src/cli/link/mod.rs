//! `monowheel link`: the linker that a build calls for macOS and Pyodide, and where it keeps line tables.
//! Internal.

pub(super) mod args;

use std::time::Duration;

use monowheel_build::link;
use monowheel_error::terminal::lines;
use monowheel_error::{ExitCode, Result};
use monowheel_system::exec::{Call, CancelToken, Captured};

use crate::cli::link::args::LinkArgs;
use crate::cli::screen::Screen;

/// Longer than any link step takes.
const LIMIT: Duration = Duration::from_secs(3600);

pub(super) fn run(args: &LinkArgs, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let copies = tempfile::Builder::new().prefix("monowheel-link-").tempdir()?;
    if args.target == link::emscripten::TARGET {
        let call = Call::new(&args.linker).arg("wasm-ld").args(link::emscripten::arguments(&args.arguments)?);
        return ended(&call, stop, screen);
    }
    if args.target == link::twin::TARGET {
        return shown(&link::twin::link(&args.linker, &args.arguments, stop)?, screen);
    }
    let has_sdk = std::env::var_os("SDKROOT").is_some_and(|sdk| !sdk.is_empty());
    let arguments = link::arguments(&args.arguments, &args.target, has_sdk, copies.path())?;
    let call = Call::new(&args.linker).args(["zig", "cc", "--", "-g", "-fno-sanitize=all", "-target", &args.target]);
    ended(&call.args(arguments), stop, screen)
}

/// Links, and passes on the linker's output.
fn ended(call: &Call, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    shown(&call.capture(LIMIT, stop)?, screen)
}

fn shown(ended: &Captured, screen: &mut Screen) -> Result<ExitCode> {
    // rustc shows it when the link fails.
    screen.machine(&ended.stdout)?;
    if !ended.stderr.is_empty() {
        screen.note(lines(&ended.stderr));
    }
    Ok(if ended.status.success() { ExitCode::Clean } else { ExitCode::Incomplete })
}
