//! Which Cargo profiles a crate can be built with.

use std::collections::BTreeSet;
use std::path::Path;

use monowheel_system::regular_file;

use crate::files::FILE;
use crate::inside::Scope;

/// Those that cargo has itself.
const BUILT_IN: [&str; 5] = ["bench", "dev", "doc", "release", "test"];

/// The profiles that the crate of `manifest`, or the workspace around it, defines, and those of cargo itself; `None` where
/// cargo's configuration or environment defines some too, which are not read.
#[must_use]
pub fn of(manifest: &Path, scope: &Scope) -> Option<BTreeSet<String>> {
    let folder = manifest.parent().unwrap_or(Path::new(""));
    let whole = std::path::absolute(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }).ok()?;
    let home = std::env::var_os("CARGO_HOME").map(std::path::PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let configured = whole.ancestors().map(|folder| folder.join(".cargo")).chain(home);
    let mut configured = configured.flat_map(|folder| ["config.toml", "config"].map(|name| folder.join(name)));
    if configured.any(|path| regular_file::read_text(&path).is_ok_and(|text| text.contains("profile"))) {
        return None;
    }
    if std::env::vars_os().any(|(name, _)| name.to_string_lossy().starts_with("CARGO_PROFILE_")) {
        return None;
    }
    let mut found: BTreeSet<String> = BUILT_IN.map(str::to_owned).into();
    for folder in scope.ancestors(&whole) {
        let Ok(text) = regular_file::read_text(&folder.join(FILE)) else { continue };
        let table: toml::Table = toml::from_str(&text).ok()?;
        let profiles = table.get("profile").and_then(toml::Value::as_table);
        found.extend(profiles.into_iter().flat_map(|profiles| profiles.keys().cloned()));
    }
    Some(found)
}
