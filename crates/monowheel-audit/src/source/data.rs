//! Large tables in a text of Rust: numbers and strings, of which no rule needs any.

use std::borrow::Cow;

use memchr::memmem;

use crate::source::scanner::{Scanner, Token};

/// The size of an array that is large, in bytes.
const LARGE: usize = 64 << 10;

/// What rules search for in strings.
const WANTED: [&str; 3] = ["Py", "module", "include"];

/// The text without the elements of large arrays of literals. All else stays where it is.
pub(super) fn dropped(text: &str) -> Cow<'_, str> {
    if text.len() < LARGE {
        return Cow::Borrowed(text);
    }
    let mut left = String::new();
    let mut copied = 0;
    for (start, end) in tables(text) {
        left.push_str(text.get(copied..start).unwrap_or_default());
        let table = text.get(start..end).unwrap_or_default();
        left.extend(table.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }));
        copied = end;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    left.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(left)
}

/// The insides of large arrays, in bytes, outermost ones alone.
fn tables(text: &str) -> Vec<(usize, usize)> {
    let (mut scanner, mut tables) = (Scanner::new(text), Vec::new());
    // The array that is open, as long as it has nothing but literals: its start, and the brackets in it.
    let mut open: Option<(usize, usize)> = None;
    while let Some(token) = scanner.next() {
        open = match (token, open) {
            (Token::Open(b'['), None) => Some((scanner.at, 0)),
            (Token::Open(b'[' | b'('), Some((start, depth))) => Some((start, depth + 1)),
            (Token::Close(b']' | b')'), Some((start, depth @ 1..))) => Some((start, depth - 1)),
            (Token::Close(b']'), Some((start, 0))) => {
                let end = scanner.at - 1;
                let inside = text.get(start..end).unwrap_or_default();
                if inside.len() >= LARGE && inside.is_ascii() && is_unwanted(inside) {
                    tables.push((start, end));
                }
                None
            }
            (Token::Comment | Token::Text | Token::Mark(b',' | b'-' | b'.'), open) => open,
            (Token::Word(word), open) if is_literal(word) => open,
            _ => None,
        };
    }
    tables
}

fn is_literal(word: &[u8]) -> bool {
    word.first().is_some_and(u8::is_ascii_digit) || matches!(word, b"true" | b"false")
}

fn is_unwanted(inside: &str) -> bool {
    WANTED.iter().all(|wanted| memmem::find(inside.as_bytes(), wanted.as_bytes()).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_tables_alone_are_dropped() {
        let (numbers, words) = ("-1.5e-3,\n0xFF_u8, ".repeat(5_000), r#"("a\"]", 'b', true), "#.repeat(5_000));
        for table in [&numbers, &words] {
            let text = format!("static A: [u8; 3] = [{table}]; fn f(x: [u8; 3]) {{ [1, 2] }}");
            let left = dropped(&text);
            let place = |text: &str| (text.len(), text.find("]; fn f"), text.matches('\n').count());
            assert_eq!(place(&left), place(&text));
            assert!(
                left.split_whitespace().collect::<String>().starts_with("staticA:[u8;3]=[];fnf("),
                "{}",
                &left[..60]
            );
        }
        for kept in [
            "1, 2, 3".to_owned(),
            "x, ".repeat(50_000),
            format!("{numbers} f(1)"),
            format!("\"PyInit_a\", {numbers}"),
            format!("\"\u{e9}\", {numbers}"),
        ] {
            let text = format!("static A: &[T] = &[{kept}];");
            assert!(matches!(dropped(&text), Cow::Borrowed(same) if same == text), "{}", &kept[..20.min(kept.len())]);
        }
        // Not closed.
        let text = format!("static A: &[u8] = &[{numbers}");
        assert!(matches!(dropped(&text), Cow::Borrowed(_)));
    }
}
