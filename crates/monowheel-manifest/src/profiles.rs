//! The Cargo profiles with which a crate can be built.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use monowheel_system::{cargo, regular_file};

use crate::files::{FILE, absolute};
use crate::inside::Scope;

/// cargo's built-in profiles.
const BUILT_IN: [&str; 5] = ["bench", "dev", "doc", "release", "test"];

/// The profiles that the crate of `manifest`, or the workspace around it, defines, and those of cargo itself; `None`
/// where cargo's configuration or environment defines some too, which are not read.
#[must_use]
pub fn of(manifest: &Path, scope: &Scope) -> Option<BTreeSet<String>> {
    let whole = absolute(manifest.parent().unwrap_or(Path::new(""))).ok()?;
    let names_profile = |path: &PathBuf| regular_file::read_text(path).is_ok_and(|text| text.contains("profile"));
    if cargo::configs(&whole).iter().any(names_profile) {
        return None;
    }
    if std::env::vars_os().any(|(name, _)| defines_profile(&name.to_string_lossy())) {
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

/// Whether a variable such as `CARGO_PROFILE_DIST_INHERITS` may define a profile that is not cargo's own.
fn defines_profile(variable: &str) -> bool {
    let Some(rest) = variable.strip_prefix("CARGO_PROFILE_") else { return false };
    !BUILT_IN.iter().any(|own| rest.strip_prefix(&own.to_ascii_uppercase()).is_some_and(|rest| rest.starts_with('_')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_of_cargos_own_profile_defines_no_other() {
        for (variable, defines) in [
            ("CARGO_PROFILE_DEV_DEBUG", false),
            ("CARGO_PROFILE_RELEASE_LTO", false),
            ("CARGO_PROFILE_DIST_INHERITS", true),
            ("CARGO_PROFILE_RELEASED_INHERITS", true),
            ("CARGO_HOME", false),
        ] {
            assert_eq!(defines_profile(variable), defines, "{variable}");
        }
    }
}
