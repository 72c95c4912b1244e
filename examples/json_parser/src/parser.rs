//! The grammar, read from left to right without backtracking.

use crate::{Build, Error, Reason, MAX_DEPTH};

/// Parses `text` with `build`.
pub fn parse_with<'a, B: Build<'a>>(text: &'a str, build: &mut B) -> Result<B::Value, B::Error> {
    let mut reader = Reader::new(text);
    let value = reader.value(build)?;
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.error(Reason::Expected("the end")).into()),
    }
}

/// A text and the position in it. Everything that it searches for is ASCII, so the position is between characters.
pub(crate) struct Reader<'a> {
    pub(crate) text: &'a str,
    /// In bytes.
    pub(crate) at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    pub(crate) fn error(&self, reason: Reason) -> Error {
        let reason = if self.at >= self.text.len() { Reason::Ended } else { reason };
        Error::at(self.text, self.at, reason)
    }

    pub(crate) fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is not white space.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    /// Whether `wanted` comes next; if so, it is read.
    pub(crate) fn take(&mut self, wanted: u8) -> bool {
        let there = self.peek() == Some(wanted);
        self.at += usize::from(there);
        there
    }

    pub(crate) fn need(&mut self, wanted: u8, what: &'static str) -> Result<(), Error> {
        if self.take(wanted) {
            Ok(())
        } else {
            Err(self.error(Reason::Expected(what)))
        }
    }

    pub(crate) fn value<B: Build<'a>>(&mut self, build: &mut B) -> Result<B::Value, B::Error> {
        match self.peek() {
            Some(b'"') => Ok(build.string(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(build),
            Some(b'{') => self.nested(|reader| reader.object(build)),
            Some(b'[') => self.nested(|reader| reader.array(build)),
            Some(b'n') => self.word("null").map(|()| build.null()).map_err(Into::into),
            Some(b't') => self.word("true").map(|()| build.bool(true)).map_err(Into::into),
            Some(b'f') => self.word("false").map(|()| build.bool(false)).map_err(Into::into),
            _ => Err(self.error(Reason::Expected("a value")).into()),
        }
    }

    fn nested<T, E: From<Error>>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        if self.depth == MAX_DEPTH {
            return Err(self.error(Reason::TooDeep).into());
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn array<B: Build<'a>>(&mut self, build: &mut B) -> Result<B::Value, B::Error> {
        let mut items = Vec::new();
        if !self.take(b']') {
            loop {
                items.push(self.value(build)?);
                if !self.take(b',') {
                    break;
                }
            }
            self.need(b']', "`,` or `]`")?;
        }
        build.array(items)
    }

    fn object<B: Build<'a>>(&mut self, build: &mut B) -> Result<B::Value, B::Error> {
        let mut object = build.begin();
        if !self.take(b'}') {
            loop {
                let key = self.key()?;
                let value = self.value(build)?;
                build.member(&mut object, key, value)?;
                if !self.take(b',') {
                    break;
                }
            }
            self.need(b'}', "`,` or `}`")?;
        }
        Ok(build.end(object))
    }

    /// A key and the colon after it.
    pub(crate) fn key(&mut self) -> Result<std::borrow::Cow<'a, str>, Error> {
        if self.peek() != Some(b'"') {
            return Err(self.error(Reason::Expected("a key in quotes")));
        }
        let key = self.string()?;
        self.need(b':', "`:`")?;
        Ok(key)
    }

    fn word(&mut self, word: &'static str) -> Result<(), Error> {
        for wanted in word.bytes() {
            if self.byte() != Some(wanted) {
                return Err(self.error(Reason::Expected(word)));
            }
            self.at += 1;
        }
        Ok(())
    }

    fn number<B: Build<'a>>(&mut self, build: &mut B) -> Result<B::Value, B::Error> {
        let start = self.at;
        self.at += usize::from(self.byte() == Some(b'-'));
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        let mut whole = true;
        if self.byte() == Some(b'.') {
            whole = false;
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            whole = false;
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits()?;
        }
        let written = self.text.get(start..self.at).unwrap_or_default();
        if whole {
            return match written.parse() {
                Ok(value) => build.integer(value),
                Err(_) => build.large(written),
            };
        }
        match written.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(build.float(value)),
            _ => Err(Error::at(self.text, start, Reason::TooLarge).into()),
        }
    }

    fn digits(&mut self) -> Result<(), Error> {
        if !matches!(self.byte(), Some(b'0'..=b'9')) {
            return Err(self.error(Reason::Expected("a digit")));
        }
        while let Some(b'0'..=b'9') = self.byte() {
            self.at += 1;
        }
        Ok(())
    }
}
