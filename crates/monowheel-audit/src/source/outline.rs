//! A text of Rust without the bodies of its functions: most of a text, which a reader of items does not need to parse.
//!
//! What is left goes to the parser, which judges it.

use crate::source::scanner::{Scanner, Token};

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
    let mut scanner = Scanner::new(text);
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

impl Scanner<'_> {
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
                Some(Token::Close(_)) if depth == 0 => return Body::None,
                Some(Token::Close(_)) => depth -= 1,
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
                Some(Token::Close(_)) if depth == 0 => break,
                Some(Token::Close(_)) => depth -= 1,
                Some(_) => {}
            }
        }
        if is_kept { Body::Kept } else { Body::Dropped { start, end: self.at - 1 } }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::{File, depth, exports, parse};

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
                    let mut exports = exports::read(&parse::syntax(depth::tokens(&text).unwrap()).unwrap());
                    // A `use` in a body is for that body.
                    let imports = std::mem::take(&mut exports.imports);
                    let of_items = std::mem::take(&mut outline.exports.imports);
                    assert!(of_items.iter().all(|import| imports.contains(import)), "{}", path.display());
                    assert_eq!(format!("{exports:?}"), format!("{:?}", outline.exports), "{}", path.display());
                    assert_eq!(complete.aliases, outline.aliases, "{}", path.display());
                    exported += outline.exports.functions.len() + outline.exports.classes.len();
                }
            }
        }
        assert!(exported > 150 && lengths.1 * 3 < lengths.0 * 2, "{exported} {lengths:?}");
        Ok(())
    }
}
