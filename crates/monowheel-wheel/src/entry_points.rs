//! Parses `*.dist-info/entry_points.txt` (entry points specification) like the index and the installers.
//!
//! The grammar is that of Python's `configparser` with case-sensitive names and `=` as the only
//! delimiter, which is how warehouse reads it (`warehouse/utils/wheel.py`, 2026-08).

use serde::{Deserialize, Serialize};

/// The entry points of a wheel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct EntryPoints {
    /// Group, name, object reference.
    pub entries: Vec<(String, String, String)>,
    /// Entries that `configparser` rejects, by line (from 1); the index then rejects the wheel.
    pub broken: Vec<(usize, String)>,
}

/// The groups from which installers create commands.
pub const SCRIPT_GROUPS: [&str; 2] = ["console_scripts", "gui_scripts"];

impl EntryPoints {
    /// Parses the file; unreadable parts are in [`broken`](Self::broken).
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let mut points = Self::default();
        if std::str::from_utf8(bytes).is_err() {
            points.broken.push((0, "the file is not UTF-8".to_owned()));
        }
        let text = String::from_utf8_lossy(bytes);
        let mut reader = Reader::default();
        for (index, line) in text.lines().enumerate() {
            if let Err(why) = reader.line(line, &mut points.entries) {
                points.broken.push((index + 1, why));
            }
        }
        reader.end(&mut points.entries);
        points
    }

    /// The entries from which installers create commands.
    pub fn scripts(&self) -> impl Iterator<Item = &(String, String, String)> {
        self.entries.iter().filter(|(group, ..)| SCRIPT_GROUPS.contains(&group.as_str()))
    }
}

/// The parser's state.
#[derive(Default)]
struct Reader<'a> {
    group: Option<&'a str>,
    groups: std::collections::HashSet<&'a str>,
    names: std::collections::HashSet<(&'a str, &'a str)>,
    /// Name, value and indent of the entry that a deeper line continues.
    open: Option<(&'a str, String, usize)>,
}

impl<'a> Reader<'a> {
    /// `configparser` removes comments and blank lines, joins indented lines, and is strict about duplicates.
    fn line(&mut self, line: &'a str, entries: &mut Vec<(String, String, String)>) -> Result<(), String> {
        let text = line.trim();
        if text.is_empty() || text.starts_with(['#', ';']) {
            return Ok(());
        }
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        if let Some((_, value, _)) = self.open.as_mut().filter(|(_, _, depth)| indent > *depth) {
            value.push('\n');
            value.push_str(text);
            return Ok(());
        }
        self.end(entries);
        // A section header ends at the last bracket; the rest is ignored.
        let header = text.strip_prefix('[').and_then(|rest| rest.get(..rest.rfind(']')?));
        if let Some(group) = header.filter(|group| !group.is_empty()) {
            self.group = Some(group);
            return match self.groups.insert(group) || group == "DEFAULT" {
                true => Ok(()),
                false => Err(format!("the group {group:?} occurs twice")),
            };
        }
        let Some(group) = self.group else { return Err(format!("no group before {}", shown(text))) };
        let Some((name, value)) = text.split_once('=') else {
            return Err(format!("no `=` in {}", shown(text)));
        };
        let name = name.trim_end();
        if name.is_empty() {
            return Err(format!("no name in {}", shown(text)));
        }
        self.open = Some((name, value.trim_start().to_owned(), indent));
        match self.names.insert((group, name)) {
            true => Ok(()),
            false => Err(format!("{name:?} occurs twice in [{group}]")),
        }
    }

    /// Stores the entry once no further line continues it.
    fn end(&mut self, entries: &mut Vec<(String, String, String)>) {
        if let (Some((name, value, _)), Some(group)) = (self.open.take(), self.group) {
            entries.push((group.to_owned(), name.to_owned(), value));
        }
    }
}

fn shown(text: &str) -> String {
    format!("{:?}", text.chars().take(60).collect::<String>())
}

/// Whether the index accepts a name as a script: `[\w.-]+`.
#[must_use]
pub fn is_script_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_.-".contains(c))
}

/// Module and attribute of an object reference `module.sub:object.attr [extras]`; `None` if it is not one.
#[must_use]
pub fn object_reference(value: &str) -> Option<(&str, Option<&str>)> {
    let value = value.trim();
    let reference = match value.split_once('[') {
        Some((reference, extras)) => {
            let is_extra = |extra: &str| extra.chars().all(|c| c.is_alphanumeric() || "-_. ".contains(c));
            extras.strip_suffix(']')?.split(',').all(is_extra).then_some(reference)?
        }
        None => value,
    };
    let is_path = |path: &str| path.split('.').all(is_identifier);
    match reference.split_once(':') {
        None => is_path(reference.trim()).then(|| (reference.trim(), None)),
        Some((module, attribute)) => {
            let (module, attribute) = (module.trim(), attribute.trim());
            (is_path(module) && is_path(attribute)).then_some((module, Some(attribute)))
        }
    }
}

/// Whether a word is a Python identifier, up to the precision of Unicode's word characters.
#[must_use]
pub fn is_identifier(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic()) && chars.all(|c| c == '_' || c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> (Vec<(String, String, String)>, Vec<usize>) {
        let points = EntryPoints::parse(text.as_bytes());
        (points.entries, points.broken.into_iter().map(|(line, _)| line).collect())
    }

    fn entry(group: &str, name: &str, value: &str) -> (String, String, String) {
        (group.to_owned(), name.to_owned(), value.to_owned())
    }

    #[test]
    fn groups_and_names() {
        let (entries, broken) = read("# c\n[console_scripts]\nDemo = demo:main\n; c\n\n[a.b]\nx=m\ny = m:\n   f.g\n");
        assert_eq!(
            entries,
            [entry("console_scripts", "Demo", "demo:main"), entry("a.b", "x", "m"), entry("a.b", "y", "m:\nf.g")]
        );
        assert!(broken.is_empty());
    }

    #[test]
    fn what_configparser_refuses() {
        for (text, line) in [
            ("x = m:f\n", 1),
            ("[g]\nx\n", 2),
            ("[g]\nx: m\n", 2),
            ("[g]\nx=m\nx=m\n", 3),
            ("[g]\n[h]\n[g]\n", 3),
            ("[g]\n=m\n", 2),
            ("[]\n", 1),
        ] {
            assert_eq!(read(text).1, [line], "{text}");
        }
        assert_eq!(EntryPoints::parse(b"[g]\nx=\xff\n").broken.len(), 1);
    }

    #[test]
    fn object_references() {
        assert_eq!(object_reference("a.b:c.d"), Some(("a.b", Some("c.d"))));
        assert_eq!(object_reference("a : b [x, y-z]"), Some(("a", Some("b"))));
        assert_eq!(object_reference("a.b"), Some(("a.b", None)));
        for bad in ["", ":", "a:", ":b", "a-b:c", "a..b", "a b:c", "1a:b", "a:b [x", "a:b\nc"] {
            assert_eq!(object_reference(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for (_, name, value) in EntryPoints::parse(&bytes).entries {
                let _ = (is_script_name(&name), object_reference(&value));
            }
        }
    }
}
