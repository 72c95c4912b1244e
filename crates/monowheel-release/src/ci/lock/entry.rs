//! One package of a lock: `NAME==VERSION ; MARKER`, and the SHA-256 of every file that may be installed as it.

use monowheel_system::hash::is_hex;
use monowheel_wheel::names::normalized_name;

/// Prefix of a hash in pip's requirements.
const HASH: &str = "--hash=sha256:";

/// A package at one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Normalized.
    pub(crate) name: String,
    pub(crate) version: String,
    /// The environments it is for; all if empty.
    pub(super) marker: String,
    /// Lower-case hexadecimal, sorted. Without any, pip refuses to install from the lock.
    pub(crate) sha256: Vec<String>,
}

impl Entry {
    pub(super) fn new(name: &str, version: &str, sha256: Vec<String>) -> Self {
        Self { name: normalized_name(name), version: version.to_owned(), marker: String::new(), sha256 }
    }

    /// The entry in pip's form, as uv writes it.
    pub(super) fn render(&self) -> String {
        let marker = if self.marker.is_empty() { String::new() } else { format!(" ; {}", self.marker) };
        let mut text = format!("{}=={}{marker}", self.name, self.version);
        for hash in &self.sha256 {
            text += &format!(" \\\n    {HASH}{hash}");
        }
        text + "\n"
    }
}

/// The entries of a lock in the order of the text. Anything that is not an entry in the written form is skipped: such
/// a lock then differs from what would be written.
pub(crate) fn entries(text: &str) -> Vec<Entry> {
    let text = text.replace("\r\n", "\n").replace("\\\n", " ");
    text.lines().filter(|line| !line.trim_start().starts_with('#')).filter_map(entry).collect()
}

fn entry(line: &str) -> Option<Entry> {
    let mut words = line.split(HASH);
    let (name, version) = words.next()?.trim().split_once("==")?;
    let (version, marker) = version.split_once(';').unwrap_or((version, ""));
    let mut sha256: Vec<String> = words.map(|hash| hash.trim().to_owned()).collect();
    if !sha256.iter().all(|hash| hash.len() == 64 && is_hex(hash)) {
        return None;
    }
    sha256.sort();
    sha256.dedup();
    Some(Entry { marker: marker.trim().to_owned(), ..Entry::new(name.trim(), version.trim(), sha256) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let hash = |digit: &str| digit.repeat(64);
        let one = Entry::new("A_b", "1.0", vec![hash("0"), hash("a")]);
        let two = Entry { marker: "os_name == 'nt'".to_owned(), ..Entry::new("c", "2", vec![hash("b")]) };
        let text = format!("# A comment: x==1\n{}{}", one.render(), two.render());
        assert!(text.contains("a-b==1.0 \\\n    --hash=sha256:000"), "{text}");
        assert_eq!(entries(&text), [one.clone(), two.clone()]);
        assert_eq!(entries(&text.replace('\n', "\r\n")), [one, two]);
    }

    #[test]
    fn a_hash_that_is_none_is_no_entry() {
        let good = Entry::new("a", "1", vec!["a".repeat(64)]);
        for bad in
            ["a==1 --hash=sha256:abc", "a==1 --hash=sha256:", "a>=1", "-r other.txt", "", "a==1 --hash=sha512:aa"]
        {
            assert!(!entries(bad).contains(&good), "{bad}");
        }
        assert!(entries("a==1 --hash=sha256:abc").is_empty());
        assert_eq!(entries("a==1"), [Entry::new("a", "1", Vec::new())]);
    }
}
