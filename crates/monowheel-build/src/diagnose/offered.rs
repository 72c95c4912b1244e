//! The features of a dependency, from its own manifest in cargo's registry.

use monowheel_system::{cargo, regular_file};

/// The names of the features of this package; none if it was not fetched from a registry.
pub(crate) fn offered(package: &str, version: &str) -> Vec<String> {
    // Both come from a log.
    let is_plain = |text: &str| {
        !text.starts_with('.') && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+'))
    };
    let Some(home) = cargo::home().filter(|_| is_plain(package) && is_plain(version)) else { return Vec::new() };
    let registries = fs_err::read_dir(home.join("registry/src")).into_iter().flatten().flatten();
    let manifests = registries.map(|registry| registry.path().join(format!("{package}-{version}")).join("Cargo.toml"));
    let features = manifests.filter_map(|path| {
        let manifest: toml::Table = toml::from_str(&regular_file::read_text(&path).ok()?).ok()?;
        Some(manifest.get("features")?.as_table()?.keys().cloned().collect())
    });
    features.into_iter().next().unwrap_or_default()
}
