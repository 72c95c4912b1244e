//! A text of Rust that is too large for one syntax tree, in pieces that can be parsed one after the other.
//!
//! The tree of a text takes a hundred times its size. Only generated code is so large.

use crate::source::scanner::{Scanner, Token};

/// The size up to which a text stays whole, in bytes. Files that people write are smaller.
pub(super) const WHOLE: usize = 128 << 10;

/// The size of a piece, in bytes: its tree fits into the caches of a processor.
pub(super) const SIZE: usize = 16 << 10;

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

/// Where a piece begins in its text, each from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) line: usize,
    /// In characters.
    pub(super) column: usize,
    pub(super) byte: usize,
}

impl Origin {
    pub(super) const START: Self = Self { line: 0, column: 0, byte: 0 };

    /// Behind a piece that begins here.
    fn behind(self, piece: &str) -> Self {
        let column = match piece.rsplit_once('\n') {
            Some((_, last)) => last.chars().count(),
            None => self.column + piece.chars().count(),
        };
        let line = self.line + memchr::memchr_iter(b'\n', piece.as_bytes()).count();
        Self { line, column, byte: self.byte + piece.len() }
    }
}

/// The text in pieces of complete items and of `size` bytes or a little more. A text without items between which it could be
/// cut is one piece.
pub(super) fn of(text: &str, size: usize) -> Vec<(Origin, &str)> {
    let ends = if text.len() > size { ends(text, size) } else { vec![text.len()] };
    let mut origin = Origin::START;
    let piece = |end| {
        let piece = text.get(origin.byte..end).unwrap_or_default();
        let next = origin.behind(piece);
        (std::mem::replace(&mut origin, next), piece)
    };
    ends.into_iter().map(piece).collect()
}

fn ends(text: &str, size: usize) -> Vec<usize> {
    let (mut scanner, mut ends) = (Scanner::new(text), Vec::new());
    let (mut start, mut depth) = (0, 0_usize);
    // The end of what may be an item, outside of all brackets.
    let mut end = None;
    while let Some(token) = scanner.next() {
        let begins = match token {
            Token::Comment => continue,
            // Not `#!`, with which only a file begins.
            Token::Mark(mark) => mark == b'#' && scanner.text.get(scanner.at) != Some(&b'!'),
            Token::Word(word) => BEGIN.contains(&word),
            _ => false,
        };
        if let Some(cut) = end.take().filter(|cut| begins && cut - start >= size) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        of(text, 1).into_iter().map(|(_, piece)| piece.trim_start().to_owned()).collect()
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
            ("fn f() {} #![allow(x)] fn g() {}", vec!["fn f() {} #![allow(x)] fn g() {}"]),
            ("", vec![""]),
            ("} fn f() {", vec!["}", "fn f() {"]),
        ] {
            assert_eq!(cut(text), pieces, "{text}");
        }
    }

    #[test]
    fn a_piece_begins_where_it_is_in_the_text() {
        let text = "fn \u{e9}() {} fn f() {}\nfn g() {} fn h() {}";
        let origins: Vec<_> = of(text, 1).iter().map(|(at, _)| (at.line, at.column, at.byte)).collect();
        assert_eq!(origins, [(0, 0, 0), (0, 9, 10), (0, 19, 20), (1, 9, 30)]);
        assert_eq!(of(text, 1).iter().map(|(_, piece)| *piece).collect::<String>(), text);
        assert_eq!(of(text, text.len()), [(Origin::START, text)]);
    }
}
