//! Members of which the beginning is kept: scripts, keys, and `__init__.py` where none should be.

use crate::facts::site_path;

/// More of a member is not kept.
pub(super) const HEAD: usize = 4096;

/// Namespaces without an owner: every project that ships in one of them says so.
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

/// Whether a member is copied to the directory of commands.
#[must_use]
pub(crate) fn is_script(path: &str) -> bool {
    path.split_once('/').is_some_and(|(top, rest)| top.ends_with(".data") && rest.starts_with("scripts/"))
}

/// Whether a member is named like a key or a certificate.
#[must_use]
pub(crate) fn is_key(path: &str) -> bool {
    [".pem", ".key"].iter().any(|end| path.ends_with(end))
}

/// The shared namespace of which a member is the `__init__.py`, as a path.
#[must_use]
pub(crate) fn namespace_of(path: &str) -> Option<&str> {
    let folder = site_path(path)?.strip_suffix("/__init__.py")?;
    SHARED.contains(&folder).then_some(folder)
}

/// Whether the beginning of a member is kept.
pub(super) fn is_wanted(path: &str) -> bool {
    is_script(path) || is_key(path) || namespace_of(path).is_some()
}
