//! `Name: value` files: METADATA and WHEEL (core metadata; the format of email headers).
//!
//! According to the core metadata specification, what Python's `email.parser` reads with its `compat32`
//! policy is the standard, so this is that parser's grammar (`CPython` 3.14, `email/feedparser.py`): a
//! line that is not a header *ends* the headers, and everything after it is the body. An installer does not
//! see the fields after it.

use serde::{Deserialize, Serialize};

/// The headers of a file and the text after them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Headers {
    /// Name and value in the order of the file; a continued value keeps its line endings and indents.
    pub fields: Vec<(String, String)>,
    /// The text after the first empty line.
    pub body: String,
    /// Problems, by line (from 1).
    pub broken: Vec<(usize, String)>,
    /// The file is not UTF-8; pip refuses to read it.
    pub not_utf8: bool,
}

impl Headers {
    /// Parses a file. Unreadable parts are in [`broken`](Self::broken); bytes that are not UTF-8 become
    /// replacement characters.
    #[must_use]
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let text = text.as_ref();
        let mut headers = Self::default();
        if let Err(error) = std::str::from_utf8(bytes) {
            let line = 1 + memchr::memchr_iter(b'\n', bytes.get(..error.valid_up_to()).unwrap_or_default()).count();
            headers.not_utf8 = true;
            headers.broken.push((line, "is not UTF-8".to_owned()));
        }
        let mut rest = text;
        let mut number = 0;
        while !rest.is_empty() {
            let (line, after) = split_line(rest);
            number += 1;
            if line.is_empty() {
                rest = after;
                break;
            }
            match header(line) {
                Line::Field(name, value) => headers.fields.push((name.to_owned(), value.to_owned())),
                Line::Continued => match headers.fields.last_mut() {
                    Some((_, value)) => {
                        value.push('\n');
                        value.push_str(line);
                    }
                    None => headers.broken.push((number, "continues a field, but there is none before it".to_owned())),
                },
                Line::Skipped => headers.broken.push((number, format!("has no field name: {}", shown(line)))),
                Line::End => {
                    headers.broken.push((number, format!("is not a field, so the fields end there: {}", shown(line))));
                    break;
                }
            }
            rest = after;
        }
        // Line endings after the last line of a value are not part of it.
        for (_, value) in &mut headers.fields {
            value.truncate(value.trim_end_matches(['\r', '\n']).len());
        }
        rest.clone_into(&mut headers.body);
        headers
    }

    /// The values of a field; its name is compared case-insensitively.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The first value of a field.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// A line as the email parser sees it.
enum Line<'a> {
    Field(&'a str, &'a str),
    Continued,
    /// A header without a name: it is ignored.
    Skipped,
    /// Not a header: the body begins with it.
    End,
}

fn header(line: &str) -> Line<'_> {
    if line.starts_with([' ', '\t']) {
        return Line::Continued;
    }
    // A `From ` line opens a mailbox; it is skipped.
    if line.starts_with("From ") {
        return Line::Skipped;
    }
    match line.split_once(':') {
        Some(("", _)) => Line::Skipped,
        Some((name, value)) if name.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Line::Field(name, value.trim_start_matches([' ', '\t']))
        }
        _ => Line::End,
    }
}

/// The first line, without its end (`\n`, `\r\n` or `\r`), and the text after it.
fn split_line(text: &str) -> (&str, &str) {
    let Some(at) = memchr::memchr2(b'\n', b'\r', text.as_bytes()) else { return (text, "") };
    let (line, rest) = text.split_at(at);
    (line, rest.strip_prefix("\r\n").or_else(|| rest.get(1..)).unwrap_or_default())
}

fn shown(line: &str) -> String {
    line.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_a_continued_value_and_a_body() {
        let headers = Headers::parse(b"Name: demo\r\nLicense: a\n  b\n\tc\nEmpty:\n\nbody\n\nmore");
        let fields: Vec<_> = headers.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(fields, [("Name", "demo"), ("License", "a\n  b\n\tc"), ("Empty", "")]);
        assert_eq!(headers.body, "body\n\nmore");
        assert_eq!(headers.first("name"), Some("demo"));
        assert!(headers.broken.is_empty());
    }

    #[test]
    fn a_line_that_is_no_field_ends_the_fields() {
        let headers = Headers::parse(b"Name: demo\nVersion 1.0\nSummary: lost\n");
        assert_eq!(headers.fields.len(), 1);
        assert_eq!(headers.body, "Version 1.0\nSummary: lost\n");
        assert_eq!(headers.broken.first().map(|(line, _)| *line), Some(2));
        // With a blank before the colon, it is not a header either.
        assert_eq!(Headers::parse(b"Name : demo\n").fields, []);
    }

    #[test]
    fn what_the_email_parser_skips_is_told() {
        let headers = Headers::parse(b"  lost\n: none\nName: \xff\n");
        assert_eq!(headers.first("Name"), Some("\u{fffd}"));
        let mut lines: Vec<usize> = headers.broken.iter().map(|(line, _)| *line).collect();
        lines.sort_unstable();
        assert_eq!(lines, [1, 2, 3]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Headers::parse(&bytes);
        }

        #[test]
        fn what_is_written_is_read(fields in proptest::collection::vec(("[A-Za-z][A-Za-z-]{0,8}", "[!-~]([ -~]{0,9}[!-~])?"), 0..6), body in "[ -~\n]{0,30}") {
            let mut text = String::new();
            for (name, value) in &fields {
                text += &format!("{name}: {value}\n");
            }
            text += &format!("\n{body}");
            let headers = Headers::parse(text.as_bytes());
            prop_assert_eq!(headers.fields, fields);
            prop_assert_eq!(headers.body, body);
            prop_assert_eq!(headers.broken, vec![]);
        }
    }
}
