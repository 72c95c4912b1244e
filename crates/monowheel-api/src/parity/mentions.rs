//! The names in the tests: files of Python, without comments and strings.

use std::collections::HashMap;

/// The names in some files.
#[derive(Debug, Default)]
pub struct Mentions {
    /// Name → where it is.
    found: HashMap<String, Vec<Mention>>,
    files: Vec<String>,
}

#[derive(Debug)]
struct Mention {
    file: usize,
    line: u32,
    /// Behind a dot.
    is_attribute: bool,
    /// Before an opening bracket.
    is_called: bool,
}

impl Mentions {
    /// Adds a file.
    pub fn add(&mut self, path: &str, text: &str) {
        let file = self.files.len();
        self.files.push(path.to_owned());
        let mut line = 1;
        let mut rest = text;
        let mut before = '\n';
        while let Some(letter) = rest.chars().next() {
            let length = match letter {
                '#' => rest.find('\n').unwrap_or(rest.len()),
                '"' | '\'' => string(rest, letter),
                _ if is_name(letter) => {
                    let end = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
                    let (name, after) = rest.split_at(end);
                    // `r"…"` is a string.
                    let is_prefix = name.len() <= 2 && after.starts_with(['"', '\'']);
                    if !is_prefix {
                        let is_called = after.trim_start_matches(' ').starts_with('(');
                        let mention = Mention { file, line, is_attribute: before == '.', is_called };
                        self.found.entry(name.to_owned()).or_default().push(mention);
                    }
                    end
                }
                _ => letter.len_utf8(),
            };
            let (passed, next) = rest.split_at(length);
            line += u32::try_from(passed.matches('\n').count()).unwrap_or(0);
            if !letter.is_whitespace() {
                before = letter;
            }
            rest = next;
        }
    }

    /// The files and lines that name an item of Python: `encode`, `Session`, `Session.execute`.
    pub(super) fn of(&self, python: &str) -> impl Iterator<Item = (&str, u32)> {
        let (class, member) = python.rsplit_once('.').map_or(("", python), |(class, member)| (class, member));
        // The name that a test has for it, whether it is called, and whether it is behind a dot.
        let (name, is_called, is_attribute) = match member {
            "__new__" | "__init__" => (class.rsplit('.').next().unwrap_or(class), true, false),
            "__len__" => ("len", true, false),
            "__bytes__" => ("bytes", true, false),
            "__next__" => ("next", true, false),
            "__iter__" => ("for", false, false),
            "__contains__" => ("in", false, false),
            _ => (member, false, !class.is_empty()),
        };
        let is_named = move |one: &&Mention| (one.is_called || !is_called) && (one.is_attribute || !is_attribute);
        let place = |one: &Mention| (self.files.get(one.file).map_or("", String::as_str), one.line);
        self.found.get(name).into_iter().flatten().filter(is_named).map(place)
    }

    /// The number of files.
    #[must_use]
    pub fn files(&self) -> usize {
        self.files.len()
    }
}

fn is_name(letter: char) -> bool {
    letter == '_' || letter.is_alphanumeric()
}

/// The length of the string at the beginning of a text, to its end or that of the line.
fn string(text: &str, quote: char) -> usize {
    let triple = quote.to_string().repeat(3);
    let is_triple = text.starts_with(&triple);
    let end = if is_triple { triple } else { quote.to_string() };
    let mut at = end.len();
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(&end) {
            return at + end.len();
        }
        let mut letters = rest.chars();
        match letters.next() {
            Some('\n') if !is_triple => return at,
            Some('\\') => at += 1 + letters.next().map_or(0, char::len_utf8),
            Some(letter) => at += letter.len_utf8(),
            None => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_test_names_outside_of_comments_and_strings() {
        let mut mentions = Mentions::default();
        let text = "from demo import Session, encode\n\ndef test_it():\n    s = Session('execute')  # s.close()\n    \
                    assert s.execute(\"\"\"s.keyspace\n\"\"\") and f'{s.close}'\n    assert s. keyspace and len(s) == 1\n    \
                    close = r'\\\\' + encode(b\"\\\"encode\")\n";
        mentions.add("tests/test_a.py", text);
        let lines = |python: &str| mentions.of(python).map(|(_, line)| line).collect::<Vec<_>>();
        assert_eq!(lines("Session"), [1, 4]);
        assert_eq!(lines("Session.__new__"), [4]);
        assert_eq!(lines("Session.execute"), [5]);
        assert_eq!(lines("Session.keyspace"), [7]);
        assert_eq!(lines("Session.__len__"), [7]);
        assert_eq!(lines("Session.close"), [] as [u32; 0]);
        assert_eq!(lines("encode"), [1, 8]);
        assert_eq!((lines("demo").len(), mentions.files()), (1, 1));
    }
}
