//! Members of whose beginning something is kept: scripts, keys, and `__init__.py` in shared namespaces.
//!
//! Only the parts that rules read are kept: facts may be stored, and neither a key nor a password in a script belongs
//! there.

use crate::facts::site_path;

/// More of a member is not read for this.
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

/// How a private key begins, with its kind in between.
const BEGIN: &str = "-----BEGIN ";
const PRIVATE_KEY: &str = "PRIVATE KEY-----";

/// One of these words is in an `__init__.py` that shares its namespace (`pkgutil`, `pkg_resources`).
pub(crate) const SHARES: [&str; 2] = ["extend_path", "declare_namespace"];

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

/// Whether something of the beginning of a member is kept.
pub(super) fn is_wanted(path: &str) -> bool {
    is_script(path) || is_key(path) || namespace_of(path).is_some()
}

/// What is kept of the beginning of a member.
pub(super) fn kept(path: &str, head: &[u8]) -> String {
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split_inclusive('\n');
    if namespace_of(path).is_some() {
        return lines.filter(|line| SHARES.iter().any(|word| line.contains(word))).collect();
    }
    // The interpreter.
    let first = if is_script(path) { lines.next().unwrap_or_default() } else { "" };
    let marks = if is_key(path) { private_keys(&head) } else { String::new() };
    format!("{first}{marks}")
}

/// The marks at which private keys begin, one per line.
fn private_keys(head: &str) -> String {
    let marks = head.split(BEGIN).skip(1).filter_map(|rest| {
        let (kind, _) = rest.lines().next()?.split_once(PRIVATE_KEY)?;
        Some(format!("{BEGIN}{kind}{PRIVATE_KEY}\n"))
    });
    marks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_kept() {
        let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIB\n-----END RSA PRIVATE KEY-----\n";
        for text in [key.to_owned(), key.replace('\n', "\\n"), key.replace('\n', "\r")] {
            assert_eq!(kept("demo/server.key", text.as_bytes()), "-----BEGIN RSA PRIVATE KEY-----\n", "{text}");
        }
        assert_eq!(kept("demo-1.0.data/scripts/run", b"#!/bin/sh\r\nPASSWORD=hunter2\n"), "#!/bin/sh\r\n");
        let shared = b"SECRET = 1\n__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n";
        assert!(!kept("google/__init__.py", shared).contains("SECRET"));
        assert!(kept("google/__init__.py", shared).contains("extend_path"));
    }
}
