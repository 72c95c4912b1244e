//! Every data file of the crate matches its `SOURCES.toml`: nothing in it was changed by hand
//! unseen, nothing is there without a source, and tables are in order without a name twice.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a data file that cannot be read is a failed test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sources {
    file: Vec<File>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    /// Its source, with version and license.
    source: String,
    /// The date of the source, ISO 8601.
    date: String,
    sha256: String,
    /// The column of the names, counted from 0.
    #[serde(default)]
    key: usize,
    /// Why a table is not sorted by its names.
    order: Option<String>,
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, found) } else { found.push(path) }
    }
}

/// One cell of each row of a table.
fn keys(text: &str, column: usize) -> Vec<&str> {
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).skip(1);
    rows.map(|row| row.split('\t').nth(column).unwrap_or_default()).collect()
}

#[test]
fn data_files_are_what_their_sources_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for crate_ in std::fs::read_dir(root.join("crates")).unwrap() {
        walk(&crate_.unwrap().path().join("src"), &mut files);
    }
    let is_data = |path: &&PathBuf| path.extension().is_some_and(|end| end == "tsv" || end == "json");
    let data: BTreeSet<&PathBuf> = files.iter().filter(is_data).collect();
    assert!(!data.is_empty(), "no data files below {}", root.display());
    let mut sourced = BTreeSet::new();
    for list in files.iter().filter(|path| path.ends_with("SOURCES.toml")) {
        let sources: Sources = toml::from_str(&std::fs::read_to_string(list).unwrap()).unwrap();
        for file in sources.file {
            let path = list.parent().unwrap().join(&file.name);
            let place = path.display();
            assert!(!file.source.is_empty() && file.date.len() == "2026-01-31".len(), "{place}: no source or date");
            let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{place}: {error}"));
            assert_eq!(monowheel_system::hash::sha256(&bytes), file.sha256, "{place} is not the file of its source");
            let text = String::from_utf8(bytes).unwrap();
            if file.name.ends_with(".json") {
                serde_json::from_str::<serde_json::Value>(&text).unwrap_or_else(|error| panic!("{place}: {error}"));
            } else {
                let mut keys = keys(&text, file.key);
                assert!(keys.len() > 1, "{place} is empty");
                if file.order.is_some() {
                    keys.sort_unstable();
                }
                let wrong = keys.windows(2).find(|pair| pair[0] >= pair[1]);
                assert_eq!(wrong, None, "{place} is not in order, or has a name twice");
            }
            assert!(sourced.insert(files.iter().find(|known| **known == path).unwrap()), "{place} is listed twice");
        }
    }
    let unsourced: Vec<_> = data.difference(&sourced).collect();
    assert!(unsourced.is_empty(), "no SOURCES.toml lists {unsourced:?}");
}
