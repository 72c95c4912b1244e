//! Finds the features of the binding crate that each feature of a crate enables.
//!
//! The features form a graph that may be hostile. It is walked backwards, once for each feature of the binding
//! crate that it names: the work is their number times the size of the graph, and both are bounded.

use std::collections::{BTreeMap, BTreeSet};

use monowheel_error::{Error, ErrorKind, Result};

/// The maximum number of features of a crate; crates.io allows 300.
const MOST_FEATURES: usize = 20_000;
/// The maximum number of entries in all their lists.
const MOST_ENTRIES: usize = 200_000;
/// The maximum number of features of the binding crate that they name; `PyO3` 0.29 has about fifty.
const MOST_BOUND: usize = 256;

/// The features of a crate.
#[derive(Clone, Debug, Default)]
pub(crate) struct Features {
    /// The features that each one enables, as written.
    lists: BTreeMap<String, Vec<String>>,
    /// The features of the binding crate that are named anywhere, each with the features that name it.
    bound: BTreeMap<String, BTreeSet<String>>,
    /// The features that name a feature.
    named_by: BTreeMap<String, Vec<String>>,
}

impl Features {
    /// The features of a manifest, whose binding crate is called `key` there.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when they are more than any real crate has.
    pub(crate) fn new(lists: BTreeMap<String, Vec<String>>, key: &str) -> Result<Self> {
        let too_many = |what: String| {
            Err(Error::new(ErrorKind::Project, format!("[features] has more than {what}"))
                .next("remove unused features; crates.io allows 300"))
        };
        if lists.len() > MOST_FEATURES {
            return too_many(format!("{MOST_FEATURES} features"));
        }
        if lists.values().map(Vec::len).sum::<usize>() > MOST_ENTRIES {
            return too_many(format!("{MOST_ENTRIES} entries"));
        }
        let mut features = Self { lists, ..Self::default() };
        for (name, list) in &features.lists {
            for entry in list {
                match bound(entry, key) {
                    Some(feature) => {
                        features.bound.entry(feature.to_owned()).or_default().insert(name.clone());
                    }
                    None => features.named_by.entry(entry.clone()).or_default().push(name.clone()),
                }
            }
        }
        if features.bound.len() > MOST_BOUND {
            return too_many(format!("{MOST_BOUND} features of {key}"));
        }
        Ok(features)
    }

    /// The crate's own features.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.lists.keys().map(String::as_str)
    }

    /// The features of the binding crate that are named anywhere.
    pub(crate) fn all_bound(&self) -> impl Iterator<Item = &str> {
        self.bound.keys().map(String::as_str)
    }

    /// The features that a feature enables, as written.
    pub(crate) fn list(&self, name: &str) -> &[String] {
        self.lists.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The feature, not `default`, that enables a feature of the binding crate which `wanted` accepts, and the fewest
    /// others; `always` are enabled in any case.
    pub(crate) fn leading_to(&self, wanted: impl Fn(&str) -> bool, always: &[String]) -> Option<String> {
        let is_wanted_always = always.iter().any(|feature| wanted(feature));
        // Feature → how many it enables, and whether one of them is wanted.
        let mut reached: BTreeMap<&str, (usize, bool)> =
            self.lists.keys().map(|name| (name.as_str(), (0, is_wanted_always))).collect();
        for (feature, named_by) in &self.bound {
            let is_new = !always.contains(feature);
            let is_wanted = wanted(feature);
            for name in self.leading(named_by) {
                if let Some((count, leads)) = reached.get_mut(name) {
                    *count += usize::from(is_new);
                    *leads |= is_wanted;
                }
            }
        }
        let leading = reached.into_iter().filter(|(name, (_, leads))| *leads && *name != "default");
        leading.map(|(name, (count, _))| (count, name)).min().map(|(_, name)| name.to_owned())
    }

    /// These features and all that enable one of them.
    fn leading<'a>(&'a self, start: &'a BTreeSet<String>) -> BTreeSet<&'a str> {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut waiting: Vec<&str> = start.iter().map(String::as_str).collect();
        while let Some(name) = waiting.pop() {
            if seen.insert(name) {
                waiting.extend(self.named_by.get(name).into_iter().flatten().map(String::as_str));
            }
        }
        seen
    }
}

/// The feature of the binding crate `key` that an entry enables: `pyo3/abi3`, `pyo3?/abi3`.
pub(crate) fn bound<'e>(entry: &'e str, key: &str) -> Option<&'e str> {
    let (dependency, feature) = entry.split_once('/')?;
    (dependency.trim_end_matches('?') == key).then_some(feature)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(lists: &[(&str, &[&str])]) -> Result<Features> {
        let list = |list: &[&str]| list.iter().map(|entry| (*entry).to_owned()).collect();
        Features::new(lists.iter().map(|(name, entries)| ((*name).to_owned(), list(entries))).collect(), "pyo3")
    }

    #[test]
    fn the_feature_with_the_fewest_others_leads() -> Result<()> {
        let found = features(&[
            ("default", &["pyo3/abi3-py38"]),
            ("all", &["stable", "pyo3/extension-module"]),
            ("circle", &["all", "circle"]),
            ("stable", &["abi"]),
            ("zabi", &["pyo3?/abi3-py39"]),
            ("abi", &["pyo3/abi3-py39", "serde/abi3-py39", "dep:pyo3"]),
        ])?;
        let leading = |wanted: &str, always: &[&str]| {
            let always: Vec<String> = always.iter().map(|name| (*name).to_owned()).collect();
            found.leading_to(|feature| feature == wanted, &always)
        };
        assert_eq!(leading("abi3-py39", &[]).as_deref(), Some("abi"));
        assert_eq!(leading("extension-module", &[]).as_deref(), Some("all"));
        assert_eq!(leading("extension-module", &["abi3-py39"]).as_deref(), Some("all"));
        assert_eq!(leading("abi3-py38", &[]), None, "`default` is on without being asked for");
        assert_eq!(leading("gil-refs", &[]), None);
        Ok(())
    }

    #[test]
    fn twelve_thousand_features_in_a_chain_are_walked_once() -> Result<()> {
        let mut lists: BTreeMap<String, Vec<String>> =
            (0..12_000).map(|number| (format!("f{number:05}"), vec![format!("f{:05}", number + 1)])).collect();
        lists.insert("f12000".to_owned(), vec!["pyo3/abi3-py38".to_owned(), "f00000".to_owned()]);
        let found = Features::new(lists, "pyo3")?;
        // One set of 12,001 names; walking each of them separately took 144 million steps.
        assert_eq!(found.bound.values().map(|named_by| found.leading(named_by).len()).collect::<Vec<_>>(), [12_001]);
        assert_eq!(found.leading_to(|name| name == "abi3-py38", &[]).as_deref(), Some("f00000"));
        Ok(())
    }

    #[test]
    fn more_features_than_any_crate_has_are_refused() {
        let refused = |lists: BTreeMap<String, Vec<String>>| {
            Features::new(lists, "pyo3").err().map(|error| error.to_string()).unwrap_or_default()
        };
        assert!(refused((0..20_001).map(|n| (n.to_string(), Vec::new())).collect()).contains("20000 features"));
        let entries = vec!["x".to_owned(); 200_001];
        assert!(refused([("a".to_owned(), entries)].into()).contains("200000 entries"));
        let bound = (0..257).map(|n| format!("pyo3/{n}")).collect();
        assert!(refused([("a".to_owned(), bound)].into()).contains("256 features of pyo3"));
    }
}
