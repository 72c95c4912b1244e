//! The crates and their versions, as a wheel's bills of materials list them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// What is listed of each crate, by its name as in symbols.
pub(super) type Versions = BTreeMap<String, Listed>;

/// A crate that is listed.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// Its own name.
    pub(super) package: String,
    pub(super) versions: BTreeSet<String>,
}

/// `CycloneDX`, as far as it is asked.
#[derive(Deserialize)]
struct Bom {
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Component {
    #[serde(default)]
    purl: Option<String>,
    /// The depth is that of a document that `serde_json` takes, 128.
    #[serde(default)]
    components: Vec<Component>,
}

/// Adds what a document in JSON lists; one of another form lists nothing.
pub(super) fn add(bytes: &[u8], versions: &mut Versions) {
    let Ok(bom) = serde_json::from_slice::<Bom>(bytes) else { return };
    add_all(&bom.components, versions);
}

fn add_all(components: &[Component], versions: &mut Versions) {
    for component in components {
        if let Some((name, version)) = component.purl.as_deref().and_then(package) {
            let listed = versions.entry(name.replace('-', "_")).or_default();
            name.clone_into(&mut listed.package);
            listed.versions.insert(version.to_owned());
        }
        add_all(&component.components, versions);
    }
}

/// `pkg:cargo/regex-automata@0.4.9?download_url=…`.
fn package(purl: &str) -> Option<(&str, &str)> {
    let (name, version) = purl.strip_prefix("pkg:cargo/")?.split_once('@')?;
    let version = version.split(['?', '#']).next().unwrap_or(version);
    (!name.is_empty() && !version.is_empty()).then_some((name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_with_their_versions() {
        let text = br#"{"bomFormat": "CycloneDX", "components": [
            {"name": "regex-automata", "purl": "pkg:cargo/regex-automata@0.4.9"},
            {"name": "syn", "purl": "pkg:cargo/syn@1.0.0", "components": [{"purl": "pkg:cargo/syn@2.0.0?x=y#z"}]},
            {"name": "zlib", "purl": "pkg:deb/debian/zlib1g@1.3"}, {"name": "x"}]}"#;
        let mut versions = Versions::new();
        add(text, &mut versions);
        let all: Vec<String> =
            versions.iter().map(|(name, listed)| format!("{name} {} {:?}", listed.package, listed.versions)).collect();
        assert_eq!(all, [r#"regex_automata regex-automata {"0.4.9"}"#, r#"syn syn {"1.0.0", "2.0.0"}"#]);
    }

    #[test]
    fn what_is_no_bill_lists_nothing() {
        let mut versions = Versions::new();
        let deep = format!("{{\"components\": {}", "[{\"components\": ".repeat(10_000));
        for text in ["", "[]", "{\"components\": 1}", "\u{ff}", deep.as_str()] {
            add(text.as_bytes(), &mut versions);
        }
        assert!(versions.is_empty());
    }
}
