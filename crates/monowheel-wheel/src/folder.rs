//! The wheels in a directory.

use std::path::{Path, PathBuf};

use monowheel_error::Result;

/// The `*.whl` files directly in a directory, by name, as absolute paths.
///
/// # Errors
/// When the directory cannot be read.
pub fn wheels_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let folder = std::path::absolute(folder)?;
    let mut wheels = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".whl") && !path.is_dir() {
            wheels.push(path);
        }
    }
    wheels.sort();
    Ok(wheels)
}
