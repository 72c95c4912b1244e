//! Replaces paths of the build machine in the texts of an SBOM.

use std::collections::{HashMap, HashSet};

use monowheel_wheel::sbom::absolute;

use crate::normalize::sbom::json::Json;

/// Texts for people, in which a path is not a reference.
const PROSE: [&str; 4] = ["description", "content", "copyright", "text"];
/// The beginning of a file URL, and its replacement.
const ADDRESS: &str = "file:///";
const RELATIVE: &str = "file://./";

/// The names given so far: one path has one name, and no two paths have the same.
pub(super) struct Places<'a> {
    paths: Vec<(String, &'a str)>,
    names: HashMap<String, String>,
    taken: HashSet<String>,
}

impl<'a> Places<'a> {
    /// Real directories with their stable names; the longest directory is tried first.
    pub(super) fn new(paths: &'a [(String, String)]) -> Self {
        let mut paths: Vec<(String, &str)> = paths.iter().map(|(real, name)| (normal(real), name.as_str())).collect();
        paths.retain(|(real, _)| !real.is_empty());
        paths.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        Self { paths, names: HashMap::new(), taken: HashSet::new() }
    }

    /// The number of paths that got a name.
    pub(super) fn count(&self) -> usize {
        self.names.len()
    }

    /// Renames every path in a value, and in those inside it. `key` is the value's own.
    pub(super) fn rewrite(&mut self, key: &str, value: &mut Json) {
        match value {
            Json::Text(text) if !PROSE.contains(&key) || text.contains(ADDRESS) => self.rewrite_text(text),
            Json::Array(values) => values.iter_mut().for_each(|value| self.rewrite(key, value)),
            Json::Object(pairs) => pairs.iter_mut().for_each(|(key, value)| self.rewrite(key, value)),
            _ => {}
        }
    }

    fn rewrite_text(&mut self, text: &mut String) {
        // Each turn removes one URL; no text has more of them than bytes.
        for _ in 0..text.len() {
            let Some(found) = absolute(text).map(str::to_owned) else { return };
            let name = self.name(&found);
            *text = text.replacen(&found, &name, 1);
        }
    }

    /// The replacement of a path: from the recipe, else from its last part.
    fn name(&mut self, found: &str) -> String {
        let is_address = found.starts_with(ADDRESS);
        let path = normal(found.strip_prefix("file://").unwrap_or(found));
        if let Some(known) = self.names.get(&path) {
            return prefixed(is_address, known);
        }
        let below = self.paths.iter().find_map(|(real, name)| {
            let rest = path.strip_prefix(real.as_str())?;
            (rest.is_empty() || rest.starts_with('/')).then(|| format!("{}{rest}", name.trim_matches('/')))
        });
        let name = below.unwrap_or_else(|| {
            let last = path.rsplit('/').find(|part| !part.is_empty()).unwrap_or("root");
            last.trim_end_matches(':').to_owned()
        });
        // Two paths with the same last part stay distinct, in the order of the document.
        let mut unique = name.clone();
        let mut number = 2;
        while !self.taken.insert(unique.clone()) {
            unique = format!("{name}-{number}");
            number += 1;
        }
        self.names.insert(path, unique.clone());
        prefixed(is_address, &unique)
    }
}

/// A name as a URL or as a path.
fn prefixed(is_address: bool, name: &str) -> String {
    let name = name.trim_start_matches('/');
    if is_address { format!("{RELATIVE}{}", escaped(name)) } else { format!("./{name}") }
}

/// Percent-encodes the characters that a URL cannot contain (RFC 3986, 2.3, and `/`).
fn escaped(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |out, byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'+' => {
            out + char::from(byte).encode_utf8(&mut [0])
        }
        _ => out + &format!("%{byte:02X}"),
    })
}

/// A path in a form that a URL and a file system share: `/` between the parts, no `%20`, no `/` before a drive,
/// none at the end.
fn normal(path: &str) -> String {
    let path = unescaped(path).replace('\\', "/");
    let drive = path.strip_prefix('/').filter(|rest| {
        let mut letters = rest.chars();
        letters.next().is_some_and(|letter| letter.is_ascii_alphabetic()) && letters.next() == Some(':')
    });
    drive.unwrap_or(&path).trim_end_matches('/').to_owned()
}

/// Decodes percent-encoding, if the result is UTF-8.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *first == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match hex.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(paths: &[(&str, &str)], texts: &[&str]) -> Vec<String> {
        let paths: Vec<(String, String)> = paths.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let mut places = Places::new(&paths);
        let rewrite = |text: &&str| {
            let mut value = Json::Text((*text).to_owned());
            places.rewrite("ref", &mut value);
            value.text().unwrap_or_default().to_owned()
        };
        texts.iter().map(rewrite).collect()
    }

    #[test]
    fn the_longest_folder_counts() {
        let paths = [("/b/x", "outer"), ("/b/x/y/", "inner"), ("/b/xx", "other")];
        assert_eq!(
            rewritten(&paths, &["path+file:///b/x/y/z#1", "path+file:///b/x#1", "path+file:///b/xx/q#1"]),
            ["path+file://./inner/z#1", "path+file://./outer#1", "path+file://./other/q#1"]
        );
    }

    #[test]
    fn what_nobody_named_is_called_by_its_last_part() {
        assert_eq!(
            rewritten(&[], &["path+file:///a/x#1", "path+file:///b/x#1", "path+file:///a/x#1", "path+file:///#1"]),
            ["path+file://./x#1", "path+file://./x-2#1", "path+file://./x#1", "path+file://./root#1"]
        );
        assert_eq!(rewritten(&[], &["/home/jane/x", "C:\\jane\\y z"]), ["./x", "./y z"]);
    }

    #[test]
    fn every_address_of_a_text_is_renamed() {
        assert_eq!(
            rewritten(&[("/a b", "")], &["file:///a%20b/c file:///a%20b/d%20e?x", "file:///C:/q"]),
            ["file://./c file://./d%20e?x", "file://./q"]
        );
    }
}
