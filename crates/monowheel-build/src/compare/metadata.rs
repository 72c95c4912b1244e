//! `METADATA`, `WHEEL`, `PKG-INFO` and the other texts of the dist-info: by line, with the file's name.

use crate::compare::Kind;
use crate::compare::found::Found;
use crate::compare::text;

/// Reports the lines that differ.
pub(super) fn compare(file: &str, a: &str, b: &str, found: &mut Found) {
    text::each_line(a, b, Kind::Metadata, found, |found, number, a, b| {
        let cause = match (header(a), header(b)) {
            (Some((name, a)), Some((other, b))) if name == other => {
                let (a, b) = text::shown(a, b);
                format!("{file} line {number}: {name} is `{a}` in A and `{b}` in B")
            }
            _ => {
                let (a, b) = text::shown(a, b);
                format!("{file} line {number}: `{a}` in A and `{b}` in B")
            }
        };
        found.add_in(Kind::Metadata, &format!("line {number}"), cause);
    });
}

/// A header's name and value.
fn header(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(": ")?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_name.then_some((name, value))
}
