//! A text of Rust that is too large for one syntax tree, in pieces that can be parsed one after the other.
//!
//! The tree of a text takes a hundred times its size. Only generated code is so large.

use std::borrow::Cow;

use crate::source::scanner::{Scanner, Token};

/// The size of a piece, in bytes. Files that people write are smaller and stay whole.
pub(super) const SIZE: usize = 128 << 10;

/// Words with which an item begins, and which stand behind `}` or `;` nowhere else.
const BEGIN: [&[u8]; 14] = [
    b"const",
    b"enum",
    b"extern",
    b"fn",
    b"impl",
    b"macro_rules",
    b"mod",
    b"pub",
    b"static",
    b"struct",
    b"trait",
    b"type",
    b"unsafe",
    b"use",
];

/// The text in pieces of complete items and of `size` bytes or a little more. Each has everything where it is in the text:
/// spaces and empty lines stand for what comes before. A text without items between which it could be cut is one piece.
pub(super) fn of(text: &str, size: usize) -> impl Iterator<Item = Cow<'_, str>> {
    let mut start = 0;
    let ends = if text.len() > size { ends(text, size) } else { vec![text.len()] };
    ends.into_iter().map(move |end| {
        let piece = text.get(start..end).unwrap_or_default();
        let padded = match start {
            0 => Cow::Borrowed(piece),
            _ => Cow::Owned(padding(text, start) + piece),
        };
        start = end;
        padded
    })
}

fn ends(text: &str, size: usize) -> Vec<usize> {
    let (mut scanner, mut ends) = (Scanner::new(text), Vec::new());
    let (mut start, mut depth) = (0, 0_usize);
    // The end of what may be an item, outside of all brackets.
    let mut end = None;
    while let Some(token) = scanner.next() {
        let begins = match token {
            Token::Comment => continue,
            Token::Mark(mark) => mark == b'#',
            Token::Word(word) => BEGIN.contains(&word),
            _ => false,
        };
        if let Some(cut) = end.take().filter(|cut| begins && cut - start >= size && is_countable(text, *cut)) {
            ends.push(cut);
            start = cut;
        }
        match token {
            Token::Open(_) => depth += 1,
            Token::Close(bracket) => {
                depth = depth.saturating_sub(1);
                end = (depth == 0 && bracket == b'}').then_some(scanner.at);
            }
            Token::Semicolon if depth == 0 => end = Some(scanner.at),
            _ => {}
        }
    }
    ends.push(text.len());
    ends
}

/// Whether the column of a place is its distance from the start of the line in bytes: then spaces can stand for the rest.
fn is_countable(text: &str, at: usize) -> bool {
    text.get(..at).and_then(|before| before.rsplit('\n').next()).is_some_and(str::is_ascii)
}

fn padding(text: &str, end: usize) -> String {
    text.bytes().take(end).map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        of(text, 1).map(|piece| piece.trim_start().to_owned()).collect()
    }

    #[test]
    fn a_text_is_cut_between_items() {
        for (text, pieces) in [
            ("use a; fn f() { 1; } fn g() {}", vec!["use a;", "fn f() { 1; }", "fn g() {}"]),
            (
                "#![allow(x)] struct A; // }\n#[b]\nstruct B {}",
                vec!["#![allow(x)] struct A;", "// }\n#[b]\nstruct B {}"],
            ),
            // Braces that do not end an item.
            ("static A: B<{ 1 }> = { 2 }; fn f() {}", vec!["static A: B<{ 1 }> = { 2 };", "fn f() {}"]),
            (
                "const A: u8 = if b { 1 } else { 2 }; fn f() {}",
                vec!["const A: u8 = if b { 1 } else { 2 };", "fn f() {}"],
            ),
            (
                "impl A<{ 1 }> for B where C: D<{ 2 }> { fn f() {} fn g() {} } type E = F;",
                vec!["impl A<{ 1 }> for B where C: D<{ 2 }> { fn f() {} fn g() {} }", "type E = F;"],
            ),
            (
                "macro!{ fn f() {} fn g() {} } macro!(a); fn h() {}",
                vec!["macro!{ fn f() {} fn g() {} } macro!(a);", "fn h() {}"],
            ),
            // The place behind it could not be counted.
            (
                "const A: &str = \"\u{e9}\"; fn f() {}\nfn g() {} fn h() {}",
                vec!["const A: &str = \"\u{e9}\"; fn f() {}\nfn g() {}", "fn h() {}"],
            ),
            ("", vec![""]),
            ("} fn f() {", vec!["}", "fn f() {"]),
        ] {
            assert_eq!(cut(text), pieces, "{text}");
        }
    }

    #[test]
    fn a_piece_has_everything_in_its_place() {
        let text = "fn \u{e9}() {}\nfn f() {} fn g() {}";
        let pieces: Vec<_> = of(text, 1).collect();
        assert_eq!(pieces.len(), 2);
        assert_eq!(
            (pieces[1].len(), pieces[1].find("fn g"), pieces[1].rfind('\n')),
            (text.len(), text.find("fn g"), Some(10))
        );
        // None of it is copied otherwise.
        assert!(of(text, text.len()).all(|piece| matches!(piece, Cow::Borrowed(all) if all == text)));
    }
}
