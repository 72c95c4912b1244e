//! The location of the user's cache: in its own module, because a process may run in it, and its content is locked.

use std::path::PathBuf;

use monowheel_error::{Error, ErrorKind, Result};

/// The directory that contains all files that monowheel caches for this user: `$MONOWHEEL_CACHE`,
/// `$XDG_CACHE_HOME/monowheel` or `~/.cache/monowheel`.
///
/// A relative `XDG_CACHE_HOME` is ignored, as its specification says: the current directory is not this user's cache.
///
/// # Errors
/// When none of the variables that name it is set, or `MONOWHEEL_CACHE` is relative.
pub fn root() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("MONOWHEEL_CACHE").filter(|value| !value.is_empty()).map(PathBuf::from) {
        return match named.is_absolute() {
            true => Ok(named),
            false => Err(Error::new(ErrorKind::Usage, "MONOWHEEL_CACHE is a relative path")
                .at(named.display())
                .next("set it to an absolute path: files in the cache are used without further checks")),
        };
    }
    let var = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    var("XDG_CACHE_HOME")
        .map(|cache| cache.join("monowheel"))
        .or_else(|| var("HOME").map(|home| home.join(".cache/monowheel")))
        .or_else(|| var("LOCALAPPDATA").map(|data| data.join("monowheel")))
        .ok_or_else(|| Error::new(ErrorKind::Usage, "no directory for the cache").next("set HOME or MONOWHEEL_CACHE"))
}
