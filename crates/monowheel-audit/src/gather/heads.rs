//! Members of whose beginning something is kept: scripts, keys, and `__init__.py` in shared namespaces.
//!
//! Only the parts that rules read are kept: facts may be stored, and neither a key nor a password in a script belongs
//! there.

use monowheel_wheel::entry_points::is_identifier;

use crate::facts::site_path;

/// More of a member is not read for this.
pub(super) const HEAD: usize = 4096;

/// Shared namespaces, as documented by the projects that use them.
const SHARED: [&str; 28] = [
    "airflow/providers",
    "azure",
    "azure/ai",
    "azure/mgmt",
    "backports",
    "beetsplug",
    "collective",
    "flufl",
    "google",
    "google/cloud",
    "hydra_plugins",
    "jaraco",
    "keyrings",
    "mpl_toolkits",
    "nvidia",
    "odoo/addons",
    "opentelemetry",
    "opentelemetry/exporter",
    "opentelemetry/instrumentation",
    "paste",
    "plone",
    "repoze",
    "ruamel",
    "snowflake",
    "sphinxcontrib",
    "xstatic",
    "xstatic/pkg",
    "zope",
];

/// How the second line of a shell script begins that starts Python at a path which is too long for `#!`, or has spaces.
pub const EXEC: &str = "'''exec' ";

/// How a private key begins, with its kind in between.
const BEGIN: &str = "-----BEGIN ";
/// How that line ends; the second is OpenPGP's.
const PRIVATE_KEY: [&str; 2] = ["PRIVATE KEY-----", "PRIVATE KEY BLOCK-----"];
/// What only the key file of a Google Cloud service account has beside its key.
const ACCOUNT: &str = "service_account";

/// One of these words is in an `__init__.py` that shares its namespace (`pkgutil`, `pkg_resources`).
pub(crate) const SHARES: [&str; 2] = ["extend_path", "declare_namespace"];

/// The top-level package whose `__init__.py` a member is.
#[must_use]
pub(crate) fn package_of(path: &str) -> Option<&str> {
    let folder = site_path(path)?.strip_suffix("/__init__.py")?;
    (!folder.contains('/') && namespace_of(path).is_none()).then_some(folder)
}

/// The modules that kept lines `from .NAME import …` import.
#[must_use]
pub(crate) fn first_imports(head: &str) -> Vec<&str> {
    head.lines().filter_map(imported).collect()
}

/// The modules that kept lines `import NAME` and `from NAME import …` import, without what is inside them.
pub(crate) fn absolute_imports(head: &str) -> impl Iterator<Item = &str> {
    head.lines().flat_map(imported_from_elsewhere)
}

fn imported_from_elsewhere(line: &str) -> impl Iterator<Item = &str> {
    // What `declare_namespace` is called with.
    let dynamic = line.strip_prefix("__import__(").map(|rest| rest.trim_start_matches(['\'', '"']));
    let from = line.strip_prefix("from ").and_then(|rest| rest.split(" import ").next()).or(dynamic);
    let names = from.or_else(|| line.strip_prefix("import ")).unwrap_or_default();
    names.split(',').filter_map(|name| {
        let end = |letter: char| !letter.is_alphanumeric() && letter != '_';
        name.trim().split(end).next().filter(|name| is_identifier(name))
    })
}

/// The module of a line `from .NAME import …` or `from .NAME.x import …` that is in no block.
fn imported(line: &str) -> Option<&str> {
    let (path, rest) = line.strip_prefix("from .")?.split_once(char::is_whitespace)?;
    let name = path.split('.').next().filter(|name| is_identifier(name))?;
    rest.trim_start().strip_prefix("import")?.starts_with([' ', '(', '\t']).then_some(name)
}

/// Whether a member is setuptools' list of the namespaces of a project.
#[must_use]
pub(crate) fn is_namespaces(path: &str) -> bool {
    path.split_once('/').is_some_and(|(top, file)| top.ends_with(".dist-info") && file == "namespace_packages.txt")
}

/// Whether a member is copied to the scripts directory.
#[must_use]
pub(crate) fn is_script(path: &str) -> bool {
    path.split_once('/').is_some_and(|(top, rest)| top.ends_with(".data") && rest.starts_with("scripts/"))
}

/// Whether a member is named like a key or a certificate.
#[must_use]
pub(crate) fn is_key(path: &str) -> bool {
    [".pem", ".key", ".asc"].iter().any(|end| path.ends_with(end)) || is_account(path)
}

/// Whether a member may be the key file of a service account.
fn is_account(path: &str) -> bool {
    path.ends_with(".json")
}

/// The shared namespace whose `__init__.py` a member is, as a path.
#[must_use]
pub(crate) fn namespace_of(path: &str) -> Option<&str> {
    let folder = site_path(path)?.strip_suffix("/__init__.py")?;
    SHARED.contains(&folder).then_some(folder)
}

/// Whether something of the beginning of a member is kept.
pub(super) fn is_wanted(path: &str) -> bool {
    is_script(path) || is_key(path) || is_namespaces(path) || namespace_of(path).is_some() || package_of(path).is_some()
}

/// Whether a member is only of interest if something of it is kept.
pub(super) fn is_optional(path: &str) -> bool {
    package_of(path).is_some() || is_account(path)
}

/// What is kept of the beginning of a member.
pub(super) fn kept(path: &str, head: &[u8]) -> String {
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split_inclusive('\n');
    if namespace_of(path).is_some() {
        return lines.filter(|line| SHARES.iter().any(|word| line.contains(word))).collect();
    }
    if package_of(path).is_some() {
        return imports(&head);
    }
    if is_namespaces(path) {
        return head.into_owned();
    }
    // The interpreter. What installers and pip write for long paths has it in the second line.
    let first = if is_script(path) { lines.next().unwrap_or_default() } else { "" };
    let second = if first.starts_with("#!/bin/sh") { lines.next().filter(|line| line.starts_with(EXEC)) } else { None };
    let second = second.unwrap_or_default();
    let is_key = if is_account(path) { head.contains(ACCOUNT) } else { is_key(path) };
    let marks = if is_key { private_keys(&head) } else { String::new() };
    format!("{first}{second}{marks}")
}

/// Whether a rule reads a line.
fn is_import(line: &str) -> bool {
    SHARES.iter().any(|word| line.contains(word))
        || imported(line).is_some()
        || ["import ", "from ", "__import__("].iter().any(|word| line.starts_with(word))
}

/// The lines that import, outside of strings and blocks; none of the package itself if it changes its `__path__`.
fn imports(head: &str) -> String {
    let mut quote = None;
    let mut kept = String::new();
    let is_moved = head.contains("__path__");
    for line in head.split_inclusive('\n') {
        let was_text = quote.is_some();
        if !was_text && line.trim_start().starts_with('#') {
            continue;
        }
        for mark in ["\"\"\"", "'''"] {
            if quote.is_none_or(|open| open == mark) && line.matches(mark).count() % 2 == 1 {
                quote = if quote.is_some() { None } else { Some(mark) };
            }
        }
        // A line at the end of what was read may be incomplete.
        if !was_text && line.ends_with('\n') && !(is_moved && line.starts_with("from .")) && is_import(line.trim_end())
        {
            kept.push_str(line);
        }
    }
    kept
}

/// Whether what is kept of a member has the mark of a private key.
#[must_use]
pub(crate) fn has_private_key(head: &str) -> bool {
    !private_keys(head).is_empty()
}

/// The marks at which private keys begin, one per line.
fn private_keys(head: &str) -> String {
    let marks = head.split(BEGIN).skip(1).filter_map(|rest| {
        let line = rest.lines().next()?;
        let (kind, end) = PRIVATE_KEY.iter().find_map(|end| Some((line.split_once(end)?.0, end)))?;
        Some(format!("{BEGIN}{kind}{end}\n"))
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

    #[test]
    fn imports_in_strings_comments_and_blocks_are_none() {
        let head = "# A comment with \"\"\" in it.\n\"\"\"Example:\n\nfrom .docs import x\n\"\"\"\nfrom .core import run\n\
                    try:\n    from .fast import run\nexcept ImportError:\n    pass\nfrom .cut import";
        assert_eq!(imports(head), "from .core import run\n");
        assert_eq!(first_imports(&imports(head)), ["core"]);
        let moved = "__path__ = elsewhere()\nfrom .core import run\n";
        assert_eq!(imports(moved), "");
    }
}
