//! Linking with zig: for macOS on a machine without an SDK of Apple's, and for Pyodide without Emscripten
//! (`emscripten`). Libraries whose line tables are kept have a twin (`twin`).

pub mod emscripten;
mod private;
mod stubs;
pub mod twin;

use std::ffi::{OsStr, OsString};
use std::path::Path;

use monowheel_error::Result;

/// The arguments for zig: symbols that are not exported are made private (`private`), those of Python are left to the
/// process that loads the library, and frameworks get stubs (`stubs`) unless `has_sdk`. New files for that are written into the directory `into`.
///
/// # Errors
/// When a file cannot be read or written or is damaged, or no macOS from the target's on has a framework that is
/// linked.
pub fn arguments(arguments: &[OsString], target: &str, has_sdk: bool, into: &Path) -> Result<Vec<OsString>> {
    let mut changed = private::objects(arguments, into)?;
    changed.extend(looked_up_when_loaded(&words(arguments)).into_iter().map(OsString::from));
    if !has_sdk {
        changed.extend(stubs::for_missing(arguments, stubs::oldest(target)?, into)?);
    }
    Ok(changed)
}

/// The arguments by which symbols that no library has are looked up in the process, as every extension module needs it.
///
/// maturin passes them, unless cargo's configuration beside the manifest has them already. But it runs cargo in the
/// directory of pyproject.toml; if that is another one, cargo does not read this configuration (maturin 1.16.0).
fn looked_up_when_loaded(words: &[String]) -> Vec<&'static str> {
    let is_missing = words.iter().any(|word| word == "-dynamiclib") && !words.iter().any(|word| word == "-undefined");
    if is_missing { vec!["-undefined", "dynamic_lookup"] } else { Vec::new() }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_of_python_are_left_to_the_process_unless_something_else_is_asked_for() {
        let added = |arguments: &[&str]| {
            let arguments: Vec<OsString> = arguments.iter().map(Into::into).collect();
            looked_up_when_loaded(&words(&arguments))
        };
        assert_eq!(added(&["-dynamiclib", "a.o"]), ["-undefined", "dynamic_lookup"]);
        assert!(added(&["-dynamiclib", "-undefined", "dynamic_lookup"]).is_empty());
        assert!(added(&["-dynamiclib", "-Wl,-undefined,error"]).is_empty());
        assert!(added(&["a.o", "-o", "program"]).is_empty());
    }
}
