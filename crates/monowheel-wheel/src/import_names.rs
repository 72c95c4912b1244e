//! The names that a distribution provides to `import`: `Import-Name` and `Import-Namespace` of the core metadata (PEP
//! 794).

use std::collections::BTreeSet;

use crate::entry_points::is_identifier;
use crate::metadata::Metadata;

/// The first version of the core metadata that has these fields.
const SINCE: (u32, u32) = (2, 5);
/// The extensions of module files, after the first dot of their names.
const MODULES: [&str; 3] = ["py", "so", "pyd"];

/// The import names of a distribution, as in its metadata.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportNames {
    /// Names that only this distribution provides: the shortest ones, `demo` or `company.demo`, optionally followed by
    /// `; private`.
    pub names: Vec<String>,
    /// Namespace packages, to which others add modules too: `company`.
    pub namespaces: Vec<String>,
}

/// A name without `; private`.
#[must_use]
pub fn bare(name: &str) -> &str {
    name.split(';').next().unwrap_or_default().trim()
}

impl ImportNames {
    /// The names declared in metadata; `None` if there are none.
    #[must_use]
    pub fn stated(metadata: &Metadata) -> Option<Self> {
        let all = |field| metadata.headers.all(field).map(|value| value.trim().to_owned()).collect::<Vec<_>>();
        let stated = Self { names: all("Import-Name"), namespaces: all("Import-Namespace") };
        (!stated.names.is_empty() || !stated.namespaces.is_empty()).then_some(stated)
    }

    /// The names that files with these paths provide, relative to site-packages. A name with a leading underscore is
    /// private.
    #[must_use]
    pub fn provided<'a>(paths: impl IntoIterator<Item = &'a str>) -> Self {
        let modules: BTreeSet<Vec<&str>> = paths.into_iter().filter_map(module).collect();
        let is_package = |parts: &[&str]| modules.contains(&[parts, &["__init__"]].concat());
        let (mut names, mut namespaces) = (BTreeSet::new(), BTreeSet::new());
        for module in &modules {
            let shortest = (1..module.len()).find(|depth| is_package(module.get(..*depth).unwrap_or_default()));
            let depth = shortest.unwrap_or(module.len());
            names.insert(module.get(..depth).unwrap_or_default().join("."));
            namespaces.extend((1..depth).map(|depth| module.get(..depth).unwrap_or_default().join(".")));
        }
        let marked = |name: String| if name.starts_with('_') { format!("{name}; private") } else { name };
        Self { names: names.into_iter().map(marked).collect(), namespaces: namespaces.into_iter().collect() }
    }

    /// A problem of the values themselves, in words.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let is_name = |name: &str| name.split('.').all(is_identifier);
        // One empty name means that there is none.
        let stands_for_none = self.names.len() == 1 && self.names.iter().all(String::is_empty);
        let names = self.names.iter().filter(|_| !stands_for_none);
        if let Some(odd) = names.chain(&self.namespaces).find(|name| {
            !is_name(bare(name)) || name.split_once(';').is_some_and(|(_, option)| option.trim() != "private")
        }) {
            return Some(format!("{odd:?} is not a name that can be imported"));
        }
        let both = self.names.iter().find(|name| self.namespaces.iter().any(|other| bare(other) == bare(name)));
        both.map(|name| format!("{:?} is both a package and a namespace", bare(name)))
    }

    /// The text of METADATA or PKG-INFO with these names; unchanged if it declares some already.
    #[must_use]
    pub fn written(&self, metadata: &[u8]) -> Vec<u8> {
        let parsed = Metadata::parse(metadata);
        if Self::stated(&parsed).is_some() || !parsed.headers.broken.is_empty() {
            return metadata.to_vec();
        }
        let text = String::from_utf8_lossy(metadata);
        let end = text.find("\n\n").map_or(text.len(), |at| at + 1);
        let (headers, body) = text.split_at(end);
        let is_older = parsed.stated_version().is_none_or(|version| version < SINCE);
        let mut written = String::new();
        for line in headers.lines() {
            let is_version = line.to_ascii_lowercase().starts_with("metadata-version:");
            written += if is_version && is_older { "Metadata-Version: 2.5" } else { line };
            written.push('\n');
        }
        for (field, values) in [("Import-Name", &self.names), ("Import-Namespace", &self.namespaces)] {
            for value in values {
                written += format!("{field}: {value}").trim_end();
                written.push('\n');
            }
        }
        (written + body).into_bytes()
    }

    /// The differences from the names of files that provide `here`, each in words.
    #[must_use]
    pub fn differences(&self, here: &Self, modules: &BTreeSet<String>) -> Vec<String> {
        let stated =
            || self.names.iter().chain(&self.namespaces).map(|name| bare(name)).filter(|name| !name.is_empty());
        let provided = || here.names.iter().map(|name| bare(name));
        let begins = |name: &str, with: &str| name.strip_prefix(with).is_some_and(|rest| rest.starts_with('.'));
        let is_there = |name: &&str| {
            let is_below = provided().any(|other| other == *name || begins(other, name));
            !is_below && !modules.contains(*name)
        };
        let mut found: Vec<String> =
            stated().filter(is_there).map(|name| format!("{name} is not in the wheel")).collect();
        let is_exclusive = |name: &&String| here.names.iter().any(|other| bare(other) == bare(name));
        let exclusive = self.namespaces.iter().filter(is_exclusive);
        found.extend(
            exclusive.map(|name| format!("{name} is declared as a namespace, but is a package of this wheel alone")),
        );
        let is_stated = |name: &&str| stated().any(|other| other == *name || begins(name, other));
        let unstated = provided().filter(|name| !is_stated(name));
        found.extend(unstated.map(|name| format!("{name} is in the wheel but not declared")));
        found
    }
}

/// All modules and packages of a wheel by their full names.
#[must_use]
pub fn modules<'a>(paths: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let paths = paths.into_iter().filter_map(module);
    paths.map(|parts| parts.join(".").trim_end_matches(".__init__").to_owned()).collect()
}

/// The module of a file, by its parts; `None` for other files, and for those outside packages (`demo.libs/`, metadata).
fn module(path: &str) -> Option<Vec<&str>> {
    // The content of `NAME.data/purelib` and `platlib` is installed beside the rest.
    let path = match path.split_once(".data/") {
        Some((_, rest)) => rest.strip_prefix("purelib/").or_else(|| rest.strip_prefix("platlib/"))?,
        None => path,
    };
    let mut parts: Vec<&str> = path.split('/').collect();
    let file = parts.pop()?;
    let (stem, _) = file.split_once('.')?;
    let (_, ending) = file.rsplit_once('.')?;
    parts.push(stem);
    (MODULES.contains(&ending) && parts.iter().all(|part| is_identifier(part))).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provided(paths: &[&str]) -> (Vec<String>, Vec<String>) {
        let ImportNames { names, namespaces } = ImportNames::provided(paths.iter().copied());
        (names, namespaces)
    }

    #[test]
    fn packages_modules_and_namespaces_of_a_wheel() {
        let none: [&str; 0] = [];
        for (paths, names, namespaces) in [
            (&["demo/__init__.py", "demo/_demo.abi3.so", "demo/sub/x.py"][..], &["demo"][..], &none[..]),
            (
                &["_demo.pyd", "demo-1.dist-info/METADATA", "demo.libs/libz.so", "demo/py.typed"],
                &["_demo; private"],
                &none,
            ),
            (&["a/b/__init__.py", "a/b/c.abi3.so"], &["a.b"], &["a"]),
            (&["a/b/c.cpython-314t-x86_64-linux-gnu.so"], &["a.b.c"], &["a", "a.b"]),
            (&["demo-1.data/platlib/demo/__init__.py", "demo-1.data/scripts/x.py"], &["demo"], &none),
            (&["demo/data.txt"], &none, &none),
        ] {
            let (found, spaces) = provided(paths);
            assert_eq!(
                (found, spaces),
                (names.iter().map(ToString::to_string).collect(), namespaces.iter().map(ToString::to_string).collect()),
                "{paths:?}"
            );
        }
    }

    #[test]
    fn metadata_gets_the_fields_and_their_version_once() {
        let names = ImportNames { names: vec!["a.b".to_owned()], namespaces: vec!["a".to_owned()] };
        let old = b"Metadata-Version: 2.4\nName: x\nSummary: a\n  b\n\nThe text.\n\nMetadata-Version: 1\n";
        let written = names.written(old);
        let expected = "Metadata-Version: 2.5\nName: x\nSummary: a\n  b\nImport-Name: a.b\nImport-Namespace: a\n\nThe text.\n\nMetadata-Version: 1\n";
        assert_eq!(String::from_utf8_lossy(&written), expected);
        assert_eq!(names.written(&written), written);
        assert_eq!(ImportNames::stated(&Metadata::parse(&written)), Some(names.clone()));
        assert_eq!(
            names.written(b"Metadata-Version: 2.6\nName: x"),
            b"Metadata-Version: 2.6\nName: x\nImport-Name: a.b\nImport-Namespace: a\n"
        );
        let none = ImportNames { names: vec![String::new()], namespaces: Vec::new() };
        assert!(none.fault().is_none() && none.written(old).windows(13).any(|line| line == b"Import-Name:\n"));
    }

    #[test]
    fn values_that_are_no_names_are_found() {
        let fault = |names: &[&str], namespaces: &[&str]| {
            let owned = |list: &[&str]| list.iter().map(ToString::to_string).collect();
            ImportNames { names: owned(names), namespaces: owned(namespaces) }.fault()
        };
        assert_eq!(fault(&["a.b", "_c ; private"], &["a"]), None);
        for (names, namespaces) in
            [(&["a-b"][..], &[][..]), (&["a", ""], &[]), (&["a; public"], &[]), (&["a\nX: y"], &[]), (&[], &[""])]
        {
            assert!(fault(names, namespaces).is_some_and(|why| why.contains("not a name")), "{names:?} {namespaces:?}");
        }
        assert!(fault(&["a"], &["a"]).is_some_and(|why| why.contains("both")));
    }
}
