//! Text signatures: `($self, a, /, b=1, *args)`, as they are in `__text_signature__` and in compiled modules.

use crate::surface::{Kind, Parameter, Signature};

/// The longest one that is read.
const MOST: usize = 16 * 1024;

/// Reads a text signature; none if it is not one. `$self`, `$cls` and `$module` are left out, as Python does.
#[must_use]
pub fn parse(text: &str) -> Option<Signature> {
    let text = text.trim();
    let inner = text.strip_prefix('(')?.strip_suffix(')').filter(|_| text.len() <= MOST)?;
    let mut signature = Signature::default();
    let mut kind = Kind::Either;
    for (index, part) in split(inner)?.into_iter().enumerate() {
        let part = part.trim();
        match part {
            "" => return None,
            "/" => signature.parameters.iter_mut().for_each(|one| one.kind = Kind::PositionalOnly),
            "*" => kind = Kind::KeywordOnly,
            _ => {
                let (written, default) = match part.split_once('=') {
                    Some((name, default)) => (name.trim(), Some(default.trim().to_owned())),
                    None => (part, None),
                };
                let (name, of) = match (written.strip_prefix("**"), written.strip_prefix('*')) {
                    (Some(name), _) => (name, Kind::Keywords),
                    (None, Some(name)) => (name, Kind::Arguments),
                    _ => (written, kind),
                };
                let (name, annotation) = match name.split_once(':') {
                    Some((name, annotation)) => (name.trim(), Some(annotation.trim().to_owned())),
                    None => (name, None),
                };
                if index == 0 && name.starts_with('$') {
                    continue;
                }
                if !is_identifier(name) {
                    return None;
                }
                if of == Kind::Arguments {
                    kind = Kind::KeywordOnly;
                }
                let name = name.to_owned();
                signature.parameters.push(Parameter { name, kind: of, default, annotation, names: Vec::new() });
            }
        }
    }
    Some(signature)
}

/// Whether a text can be a name in Python.
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && letters.all(|letter| letter == '_' || letter.is_alphanumeric())
}

/// The parts between commas outside of brackets and strings; none if these do not end.
fn split(text: &str) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let (mut depth, mut quote, mut start, mut is_escaped) = (0_i32, None, 0, false);
    for (at, letter) in text.char_indices() {
        match quote {
            Some(_) if is_escaped => is_escaped = false,
            Some(_) if letter == '\\' => is_escaped = true,
            Some(end) if letter == end => quote = None,
            Some(_) => {}
            None => match letter {
                '"' | '\'' => quote = Some(letter),
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                ',' if depth == 0 => {
                    parts.push(text.get(start..at)?);
                    start = at + 1;
                }
                _ => {}
            },
        }
    }
    let rest = text.get(start..)?;
    if !rest.trim().is_empty() {
        parts.push(rest);
    }
    (depth == 0 && quote.is_none()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_and_written_again() {
        for (text, expected) in [
            ("()", "()"),
            ("($self, a, /, b=1, *args, c=\"x, y\", **kwargs)", "(a, /, b=1, *args, c=\"x, y\", **kwargs)"),
            ("($cls, /)", "()"),
            ("(a, *, b=(1, 2))", "(a, *, b=(1, 2))"),
            ("(a: int = 3)", "(a: int = 3)"),
        ] {
            let read = parse(text).map(|signature| signature.to_string());
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
        for hostile in ["", "a", "(a", "(a b)", "(a, , b)", "(\"a)", "((a)", "(a=[)", "($self, $b)"] {
            assert!(parse(hostile).is_none(), "{hostile}");
        }
    }
}
