//! `.comment`: the tools that built the file, each with a text of its own choice.

use std::collections::BTreeSet;

use crate::compare::Kind;
use crate::compare::binary::sections::Sides;
use crate::compare::found::Found;
use crate::compare::text;

/// Reports the tools that differ, and whether one includes its path.
pub(super) fn compare(sides: &Sides<'_>, found: &mut Found) {
    let (a, b) = sides.bytes();
    let texts = |bytes: &[u8]| -> BTreeSet<String> {
        let parts = bytes.split(|byte| *byte == 0).filter(|part| !part.is_empty());
        parts.map(|part| String::from_utf8_lossy(part).into_owned()).collect()
    };
    let (left, right) = (texts(a), texts(b));
    let only_a: Vec<&String> = left.difference(&right).collect();
    let only_b: Vec<&String> = right.difference(&left).collect();
    let name = &sides.name;
    for index in 0..only_a.len().max(only_b.len()) {
        let (kind, cause) = match (only_a.get(index), only_b.get(index)) {
            (Some(a), Some(b)) => match (path(a), path(b)) {
                (Some(in_a), Some(in_b)) if in_a != in_b => {
                    (Kind::Path, format!("`{name}` names the {}'s path at {in_a} in A and {in_b} in B", tool(a)))
                }
                _ => {
                    let (a, b) = text::shown(a, b);
                    (Kind::Identity, format!("`{name}` names the tool `{a}` in A and `{b}` in B"))
                }
            },
            (Some(text), None) => only(name, text, "A"),
            (None, Some(text)) => only(name, text, "B"),
            (None, None) => continue,
        };
        found.add_in(kind, name, cause);
    }
    if only_a.is_empty() && only_b.is_empty() {
        found.add_in(
            Kind::Identity,
            name,
            format!("`{name}` names the same tools in a different order, or more often"),
        );
    }
}

fn only(name: &str, said: &str, side: &str) -> (Kind, String) {
    match path(said) {
        Some(path) => (Kind::Path, format!("`{name}` names the {}'s path at {path} only in {side}", tool(said))),
        None => (Kind::Identity, format!("`{name}` names the tool `{}` only in {side}", text::shown(said, "").0)),
    }
}

fn tool(said: &str) -> &'static str {
    if said.contains("Linker") || said.contains("LLD") || said.contains("mold") { "linker" } else { "compiler" }
}

/// The first absolute path in a text; a URL does not count.
fn path(said: &str) -> Option<&str> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '\'' | ',' | ';' | '=');
    said.split(ends).find(|word| {
        let drive = matches!(word.as_bytes(), [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic());
        drive || (word.starts_with('/') && word.matches('/').count() > 1)
    })
}
