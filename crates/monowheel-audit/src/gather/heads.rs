//! Members whose beginning is kept: scripts, keys, and `__init__.py` in shared namespaces.

use crate::facts::site_path;

/// More of a member is not kept.
pub(super) const HEAD: usize = 4096;

/// Shared namespaces, as documented by the projects that use them.
const SHARED: [&str; 16] = [
    "azure",
    "azure/ai",
    "azure/mgmt",
    "backports",
    "collective",
    "flufl",
    "google",
    "google/cloud",
    "jaraco",
    "keyrings",
    "nvidia",
    "plone",
    "repoze",
    "ruamel",
    "sphinxcontrib",
    "zope",
];

/// Whether a member is copied to the scripts directory.
#[must_use]
pub(crate) fn is_script(path: &str) -> bool {
    path.split_once('/').is_some_and(|(top, rest)| top.ends_with(".data") && rest.starts_with("scripts/"))
}

/// Whether a member is named like a key or a certificate.
#[must_use]
pub(crate) fn is_key(path: &str) -> bool {
    [".pem", ".key"].iter().any(|end| path.ends_with(end))
}

/// The shared namespace whose `__init__.py` a member is, as a path.
#[must_use]
pub(crate) fn namespace_of(path: &str) -> Option<&str> {
    let folder = site_path(path)?.strip_suffix("/__init__.py")?;
    SHARED.contains(&folder).then_some(folder)
}

/// Whether the beginning of a member is kept.
pub(super) fn is_wanted(path: &str) -> bool {
    is_script(path) || is_key(path) || namespace_of(path).is_some()
}
