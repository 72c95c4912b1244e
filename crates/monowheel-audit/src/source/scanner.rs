//! Comments, literals, brackets and words of a text of Rust, without a parser. What does not fit together is not judged.

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A name or a keyword.
    Word(&'a [u8]),
    Open(u8),
    Close(u8),
    Semicolon,
    Comment,
    /// A string, a character or a lifetime.
    Text,
    /// Any other character.
    Mark(u8),
}

/// A position in a text.
pub(super) struct Scanner<'a> {
    pub(super) text: &'a [u8],
    /// In bytes.
    pub(super) at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0 }
    }

    /// The next token; none at the end.
    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        self.at += self.rest().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let first = *self.text.get(self.at)?;
        let token = match first {
            b'/' if self.peek(1) == Some(b'/') => {
                self.skip_to(memchr::memchr(b'\n', self.rest()));
                return Some(Token::Comment);
            }
            b'/' if self.peek(1) == Some(b'*') => {
                self.comment();
                return Some(Token::Comment);
            }
            b'"' => {
                self.string();
                return Some(Token::Text);
            }
            b'\'' => {
                self.quote();
                return Some(Token::Text);
            }
            _ if is_word(first) => return Some(self.word()),
            b'{' | b'(' | b'[' => Token::Open(first),
            b'}' | b')' | b']' => Token::Close(first),
            b';' => Token::Semicolon,
            _ => Token::Mark(first),
        };
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
        Token::Text
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
