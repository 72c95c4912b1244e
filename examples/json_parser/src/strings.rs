//! Strings: a slice of the text, unless there is an escape in them.

use std::borrow::Cow;

use crate::parser::Reader;
use crate::{Error, Reason};

impl<'a> Reader<'a> {
    /// The string whose opening quote comes next.
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, Error> {
        self.at += 1;
        let plain = self.plain();
        if self.byte() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        let mut text = plain.to_owned();
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(text));
                }
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(self.error(Reason::Control)),
            }
            text.push_str(self.plain());
        }
    }

    /// Everything up to a quote, an escape or an invalid character.
    fn plain(&mut self) -> &'a str {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let length = plain_length(rest);
        let start = self.at;
        self.at += length;
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn escape(&mut self) -> Result<char, Error> {
        let start = self.at;
        self.at += 1;
        let Some(sign) = self.byte() else { return Err(self.error(Reason::Ended)) };
        let plain = match sign {
            b'"' | b'\\' | b'/' => char::from(sign),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(start),
            _ => return Err(Error::at(self.text, start, Reason::Escape)),
        };
        self.at += 1;
        Ok(plain)
    }

    /// `\uXXXX`, or two of them for a character beyond U+FFFF.
    fn unicode(&mut self, start: usize) -> Result<char, Error> {
        let mut code = self.hex()?;
        if (0xD800..0xDC00).contains(&code) && self.text.get(self.at..).is_some_and(|rest| rest.starts_with("\\u")) {
            self.at += 1;
            let low = self.hex()?;
            if (0xDC00..0xE000).contains(&low) {
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            }
        }
        // A lone half is not a character. Python's own parser accepts it, but the string cannot be encoded.
        char::from_u32(code).ok_or_else(|| Error::at(self.text, start, Reason::Surrogate))
    }

    /// The four digits after the `u` that comes next.
    fn hex(&mut self) -> Result<u32, Error> {
        self.at += 1;
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.byte().and_then(|byte| char::from(byte).to_digit(16));
            code = code * 16 + digit.ok_or_else(|| self.error(Reason::Expected("four hexadecimal digits")))?;
            self.at += 1;
        }
        Ok(code)
    }
}

/// The number of `bytes` before the first quote, backslash or control character.
fn plain_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    for eight in bytes.chunks_exact(8) {
        let Ok(eight) = eight.try_into() else { break };
        let word = u64::from_le_bytes(eight);
        let found = below(word ^ each(b'"'), 1) | below(word ^ each(b'\\'), 1) | below(word, 0x20);
        if found != 0 {
            return length + found.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    let rest = bytes.get(length..).unwrap_or_default();
    length + rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).unwrap_or(rest.len())
}

const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The high bit of each byte below `limit`, which is at most 128. Above the first of them others may be set: a
/// subtraction borrows from the next byte.
fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(each(limit)) & !word & each(0x80)
}
