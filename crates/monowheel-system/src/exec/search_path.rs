//! The directories in which programs are searched for: the absolute directories of `PATH`.
//!
//! `.`, an empty entry and every other relative one mean the current directory, or a directory inside it. Its content
//! comes from the author of the checkout that monowheel examines, so neither monowheel nor a program that it starts
//! searches them.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::exec::executable;

/// The absolute directories of `PATH`, in order.
#[must_use]
pub fn search_path() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).filter(|directory| directory.is_absolute()).collect()
}

/// The first file called `name` in an absolute directory of `PATH`.
#[must_use]
pub fn on_path(name: &str) -> Option<PathBuf> {
    let name = executable(name);
    search_path().into_iter().map(|directory| directory.join(&name)).find(|path| path.is_file())
}

/// `PATH` for a child process: `None` if it has no relative entry, and an empty value if nothing else is in it.
pub(super) fn without_relative(path: Option<OsString>) -> Option<OsString> {
    let path = path?;
    let (absolute, relative): (Vec<_>, Vec<_>) = std::env::split_paths(&path).partition(|entry| entry.is_absolute());
    // The result of splitting one PATH can be joined again.
    (!relative.is_empty()).then(|| std::env::join_paths(absolute).unwrap_or_default())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn relative_entries_are_dropped() {
        let cleaned = |path: &str| without_relative(Some(path.into())).map(|path| path.to_string_lossy().into_owned());
        assert_eq!(cleaned("/usr/bin:/bin"), None);
        for path in [".:/usr/bin:/bin", "/usr/bin::/bin", "/usr/bin:/bin:", ":/usr/bin:/bin", "/usr/bin:bin:../x:/bin"]
        {
            assert_eq!(cleaned(path).as_deref(), Some("/usr/bin:/bin"), "{path}");
        }
        for path in ["", ".", ":"] {
            assert_eq!(cleaned(path).as_deref(), Some(""), "{path:?}");
        }
        assert_eq!(without_relative(None), None);
    }
}
