//! The locations of cargo's settings, without running cargo.

use std::path::{Path, PathBuf};

/// cargo's home, which contains its configuration and its registries.
#[must_use]
pub fn home() -> Option<PathBuf> {
    let named = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    named.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
}

/// The configuration files that cargo merges for a build in `directory`.
#[must_use]
pub fn configs(directory: &Path) -> Vec<PathBuf> {
    directory
        .ancestors()
        .map(|above| above.join(".cargo"))
        .chain(home())
        .flat_map(|folder| [folder.join("config.toml"), folder.join("config")])
        .filter(|path| path.is_file())
        .collect()
}
