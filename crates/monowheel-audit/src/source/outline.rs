//! A text of Rust without the bodies of its functions: most of a text, which a reader of items does not need to parse.
//!
//! Only comments, literals and brackets are recognized. What follows them is not judged: the text that is left goes to
//! the parser.

/// Words in a function for which its body is kept: it may define something that Python sees, or add it to a module.
const KEPT: [&[u8]; 9] = [
    b"FromPyObject",
    b"IntoPyObject",
    b"PyModule",
    b"create_exception",
    b"pyclass",
    b"pyfn",
    b"pyfunction",
    b"pymethods",
    b"pymodule",
];

/// The text, with empty bodies. All lines keep their numbers.
pub(super) fn of(text: &str) -> String {
    let mut scanner = Scanner { text: text.as_bytes(), at: 0 };
    let mut outline = String::with_capacity(text.len());
    let mut copied = 0;
    while let Some(token) = scanner.next() {
        if token != Token::Word(b"fn") {
            continue;
        }
        match scanner.body() {
            Body::None | Body::Kept => {}
            // The parser says where something is not closed.
            Body::Unclosed => break,
            Body::Dropped { start, end } => {
                outline.push_str(text.get(copied..start).unwrap_or_default());
                let body = text.get(start..end).unwrap_or_default();
                outline.extend(std::iter::repeat_n('\n', memchr::memchr_iter(b'\n', body.as_bytes()).count()));
                copied = end;
            }
        }
    }
    outline.push_str(text.get(copied..).unwrap_or_default());
    outline
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    /// A name or a keyword.
    Word(&'a [u8]),
    Open(u8),
    Close,
    Semicolon,
    /// Anything else: it has no bracket and no word.
    Other,
}

/// The body of a function, in bytes, without its braces.
enum Body {
    /// A declaration, or the type of a function.
    None,
    Kept,
    Dropped {
        start: usize,
        end: usize,
    },
    Unclosed,
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    /// Behind `fn`: to the end of its body.
    fn body(&mut self) -> Body {
        // A type has no name.
        if !matches!(self.next(), Some(Token::Word(_))) {
            return Body::None;
        }
        let (mut depth, mut is_kept) = (0_usize, false);
        loop {
            match self.next() {
                None => return Body::Unclosed,
                Some(Token::Word(word)) => is_kept |= KEPT.contains(&word),
                Some(Token::Open(b'{')) if depth == 0 => break,
                Some(Token::Open(_)) => depth += 1,
                Some(Token::Close) if depth == 0 => return Body::None,
                Some(Token::Close) => depth -= 1,
                Some(Token::Semicolon) if depth == 0 => return Body::None,
                Some(_) => {}
            }
        }
        let start = self.at;
        loop {
            match self.next() {
                None => return Body::Unclosed,
                Some(Token::Word(word)) => is_kept |= KEPT.contains(&word),
                Some(Token::Open(_)) => depth += 1,
                Some(Token::Close) if depth == 0 => break,
                Some(Token::Close) => depth -= 1,
                Some(_) => {}
            }
        }
        if is_kept { Body::Kept } else { Body::Dropped { start, end: self.at - 1 } }
    }

    fn next(&mut self) -> Option<Token<'a>> {
        self.at += self.rest().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let first = *self.text.get(self.at)?;
        match first {
            b'/' if self.peek(1) == Some(b'/') => self.skip_to(memchr::memchr(b'\n', self.rest())),
            b'/' if self.peek(1) == Some(b'*') => self.comment(),
            b'"' => self.string(),
            b'\'' => self.quote(),
            b'{' | b'(' | b'[' => return self.single(Token::Open(first)),
            b'}' | b')' | b']' => return self.single(Token::Close),
            b';' => return self.single(Token::Semicolon),
            _ if is_word(first) => return Some(self.word()),
            _ => self.at += 1,
        }
        Some(Token::Other)
    }

    fn single(&mut self, token: Token<'a>) -> Option<Token<'a>> {
        self.at += 1;
        Some(token)
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    /// To so many bytes from here, or to the end.
    fn skip_to(&mut self, ahead: Option<usize>) {
        self.at = ahead.map_or(self.text.len(), |ahead| self.at + ahead);
    }

    /// Block comments are nested.
    fn comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.text.len() {
            match (self.peek(0), self.peek(1)) {
                (Some(b'/'), Some(b'*')) => depth += 1,
                (Some(b'*'), Some(b'/')) => depth -= 1,
                _ => {
                    self.at += 1;
                    continue;
                }
            }
            self.at += 2;
            if depth == 0 {
                return;
            }
        }
    }

    /// `"…"`
    fn string(&mut self) {
        self.at += 1;
        while let Some(found) = memchr::memchr2(b'"', b'\\', self.rest()) {
            self.at += found + 1;
            match self.text.get(self.at - 1) {
                Some(b'\\') => self.at += 1,
                _ => return,
            }
        }
        self.at = self.text.len();
    }

    /// `r"…"`, `r##"…"##`, from the first `#` or `"` on.
    fn raw_string(&mut self, hashes: usize) {
        self.at += hashes + 1;
        while let Some(found) = memchr::memchr(b'"', self.rest()) {
            self.at += found + 1;
            if self.rest().iter().take(hashes).filter(|byte| **byte == b'#').count() == hashes {
                self.at += hashes;
                return;
            }
        }
        self.at = self.text.len();
    }

    /// `'a'`, or a lifetime.
    fn quote(&mut self) {
        if self.peek(1) == Some(b'\\') {
            // What is behind the backslash may be a quote.
            self.at += 3;
            let end = memchr::memchr(b'\'', self.rest());
            self.skip_to(end.map(|end| end + 1));
            return;
        }
        let letter = self.peek(1).map_or(1, |first| match first {
            0xF0.. => 4,
            0xE0.. => 3,
            0xC0.. => 2,
            _ => 1,
        });
        self.at += if self.peek(1 + letter) == Some(b'\'') { letter + 2 } else { 1 };
    }

    /// A name; or a literal with a prefix, or a number.
    fn word(&mut self) -> Token<'a> {
        let word = self.rest();
        let end = word.iter().position(|byte| !is_word(*byte)).unwrap_or(word.len());
        let (word, rest) = word.split_at(end);
        self.at += end;
        let hashes = rest.iter().take_while(|byte| **byte == b'#').count();
        match (word, rest.first()) {
            (b"r" | b"br" | b"cr", Some(b'"' | b'#')) if rest.get(hashes) == Some(&b'"') => self.raw_string(hashes),
            // `r#fn` is a name, of which only its kind counts.
            (b"r", Some(b'#')) => {
                self.at += 1;
                self.skip_to(self.rest().iter().position(|byte| !is_word(*byte)));
                return Token::Word(word);
            }
            (b"b" | b"c", Some(b'"')) => self.string(),
            (b"b", Some(b'\'')) => self.quote(),
            _ => return Token::Word(word),
        }
        Token::Other
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::{File, parse};

    #[test]
    fn bodies_are_dropped_and_lines_stay() {
        for (text, expected) in [
            (
                "fn f() { a }\nfn g<T>(x: [u8; { 3 }]) -> T where T: Fn() {\n  b\n}\n",
                "fn f() {}\nfn g<T>(x: [u8; { 3 }]) -> T where T: Fn() {\n\n}\n",
            ),
            ("impl X { fn f(&self); fn r#fn() { a } }", "impl X { fn f(&self); fn r#fn() {} }"),
            ("type F = fn(u8) -> u8; static S: F = { f };", "type F = fn(u8) -> u8; static S: F = { f };"),
            // What only looks like the end of a body.
            (
                "fn f() { \"}\\\"}\"; '}'; '\\''; b'}'; r#\"}\"}\"#; /* } /* } */ } */ } // fn g() {",
                "fn f() {} // fn g() {",
            ),
            (
                "fn f<'a>(x: &'a str) { 'b: loop { '\u{e9}'; break 'b } } const C: u8 = 1;",
                "fn f<'a>(x: &'a str) {} const C: u8 = 1;",
            ),
            ("fn f() { c\"}\"; br\"}\"; 1..2; 0x1F } x", "fn f() {} x"),
            // It defines or adds something.
            ("fn f() { #[pyclass] struct A; }", "fn f() { #[pyclass] struct A; }"),
            ("fn f() { PyModule::new(py, \"a\") }", "fn f() { PyModule::new(py, \"a\") }"),
            ("fn f(m: &Bound<'_, PyModule>) { g(m) }", "fn f(m: &Bound<'_, PyModule>) { g(m) }"),
            ("fn f() { \"pyclass\" }", "fn f() {}"),
            // The parser says what is wrong with these.
            ("fn f() { a ", "fn f() { a "),
            ("fn f( } fn g() { a }", "fn f( } fn g() {}"),
            ("fn f() { \"", "fn f() { \""),
            (
                "macro_rules! m { ($n:ident) => { fn $n() { a } } }",
                "macro_rules! m { ($n:ident) => { fn $n() { a } } }",
            ),
        ] {
            assert_eq!(of(text), expected);
        }
    }

    #[test]
    fn an_outline_exports_what_the_text_does() -> std::io::Result<()> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut folders =
            vec![here.join("tests/lint/sources"), here.join("../../examples"), here.join("../../src/python")];
        let (mut exported, mut lengths) = (0, (0, 0));
        while let Some(folder) = folders.pop() {
            for entry in fs_err::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| end == "rs") {
                    let text = fs_err::read_to_string(&path)?;
                    lengths = (lengths.0 + text.len(), lengths.1 + of(&text).len());
                    let (mut complete, mut outline) = (File::default(), File::default());
                    let files = parse::parse(&text, &mut complete).map(|files| format!("{files:?}"));
                    let same = parse::parse_outline(&text, &mut outline).map(|files| format!("{files:?}"));
                    assert_eq!(files, same, "{}", path.display());
                    // A `use` in a body is for that body.
                    let imports = std::mem::take(&mut complete.exports.imports);
                    let of_items = std::mem::take(&mut outline.exports.imports);
                    assert!(of_items.iter().all(|import| imports.contains(import)), "{}", path.display());
                    assert_eq!(
                        format!("{:?}", complete.exports),
                        format!("{:?}", outline.exports),
                        "{}",
                        path.display()
                    );
                    assert_eq!(complete.aliases, outline.aliases, "{}", path.display());
                    exported += outline.exports.functions.len() + outline.exports.classes.len();
                }
            }
        }
        assert!(exported > 150 && lengths.1 * 3 < lengths.0 * 2, "{exported} {lengths:?}");
        Ok(())
    }
}
