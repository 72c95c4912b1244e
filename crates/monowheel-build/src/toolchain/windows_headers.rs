//! Windows' headers by any spelling: `#include <Wincrypt.h>` works on Windows, where names have no case. zig's headers
//! (MinGW's) are in lower case, and this machine's file system has case.

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use serde_json::json;

/// zig's directory of these headers, below its library.
const HEADERS: &str = "libc/include/any-windows-any";
/// Where zig's library is, from the directory of its program: PyPI's and zig's own archives, then distributions.
const LIBRARIES: [&str; 3] = ["lib", "../lib/zig", "../lib"];

/// A virtual file system for clang (`-ivfsoverlay`), in which these headers have no case; `None` if they are not found.
///
/// # Errors
/// When the directory cannot be read.
pub(super) fn overlay(zig: &Path) -> Result<Option<String>> {
    let Some(folder) = library(zig, HEADERS) else { return Ok(None) };
    let mut names: Vec<String> = fs_err::read_dir(&folder)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".h"))
        .collect();
    names.sort_unstable();
    let file = |name: &String| json!({"name": name, "type": "file", "external-contents": folder.join(name)});
    let contents: Vec<_> = names.iter().map(file).collect();
    let roots = json!([{"name": folder, "type": "directory", "contents": contents}]);
    // YAML contains JSON.
    Ok(Some(json!({"version": 0, "case-sensitive": "false", "roots": roots}).to_string()))
}

/// A file or directory of zig's library, as zig itself names it.
pub(super) fn library(zig: &Path, path: &str) -> Option<PathBuf> {
    let program = fs_err::canonicalize(zig).ok()?;
    let beside = program.parent()?;
    LIBRARIES.iter().find_map(|library| fs_err::canonicalize(beside.join(library).join(path)).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_header_is_listed_once_and_has_no_case() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let zig = dir.path().join("zig");
        fs_err::write(&zig, "")?;
        assert_eq!(overlay(&zig)?, None);
        let headers = dir.path().join("lib").join(HEADERS);
        fs_err::create_dir_all(headers.join("sys"))?;
        for name in ["wincrypt.h", "windows.h", "README"] {
            fs_err::write(headers.join(name), "")?;
        }
        let text = overlay(&zig)?.unwrap_or_default();
        let read: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        assert_eq!(read["case-sensitive"], "false");
        let contents = read["roots"][0]["contents"].as_array().cloned().unwrap_or_default();
        let names: Vec<&str> = contents.iter().filter_map(|file| file["name"].as_str()).collect();
        assert_eq!(names, ["wincrypt.h", "windows.h"]);
        Ok(())
    }
}
