//! Linking with zig: for macOS on a machine without an SDK of Apple's, and for Pyodide without Emscripten
//! (`emscripten`). Libraries whose line tables are kept have a twin (`twin`).

pub mod emscripten;
mod private;
mod stubs;
pub mod twin;

use std::ffi::{OsStr, OsString};
use std::path::Path;

use monowheel_error::Result;

/// The arguments for zig: symbols that are not exported are made private (`private`), and frameworks get stubs
/// (`stubs`) unless `has_sdk`. New files for that are written into the directory `into`.
///
/// # Errors
/// When a file cannot be read or written or is damaged, or no macOS from the target's on has a framework that is
/// linked.
pub fn arguments(arguments: &[OsString], target: &str, has_sdk: bool, into: &Path) -> Result<Vec<OsString>> {
    let mut changed = private::objects(arguments, into)?;
    if !has_sdk {
        changed.extend(stubs::for_missing(arguments, stubs::oldest(target)?, into)?);
    }
    Ok(changed)
}

/// The words that reach the linker: `-Wl,a,b` is `a` and `b`, everything else is itself.
fn words(arguments: &[OsString]) -> Vec<String> {
    let split = |argument: &OsStr| -> Vec<String> {
        let text = argument.to_string_lossy();
        match text.strip_prefix("-Wl,") {
            Some(rest) => rest.split(',').map(str::to_owned).collect(),
            None => vec![text.into_owned()],
        }
    };
    arguments.iter().flat_map(|argument| split(argument)).collect()
}
