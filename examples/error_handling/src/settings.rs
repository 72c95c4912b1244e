//! Settings: lines of `key = value`, with `#` before comments.

use std::collections::BTreeMap;
use std::path::Path;

use crate::Error;

/// Settings, each with the line it was on.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    entries: BTreeMap<String, (usize, String)>,
}

impl Settings {
    /// Read `text`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut entries = BTreeMap::new();
        for (line, content) in (1..).zip(text.lines()) {
            let content = content.split_once('#').map_or(content, |(setting, _)| setting).trim();
            if content.is_empty() {
                continue;
            }
            let (key, value) = content.split_once('=').ok_or(Error::Syntax { line })?;
            entries.insert(key.trim().to_owned(), (line, value.trim().to_owned()));
        }
        Ok(Self { entries })
    }

    /// Read the file at `path`.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        Self::parse(&text)
    }

    /// The value of `key`.
    pub fn text(&self, key: &str) -> Result<&str, Error> {
        self.entry(key).map(|(_, value)| value.as_str())
    }

    /// The value of `key`, as a 16-bit number.
    pub fn number(&self, key: &str) -> Result<u16, Error> {
        let (line, value) = self.entry(key)?;
        value.parse().map_err(|source| Error::Number { line: *line, key: key.to_owned(), source })
    }

    /// The number of settings.
    #[must_use]
    pub fn count(&self) -> usize {
        self.entries.len()
    }

    fn entry(&self, key: &str) -> Result<&(usize, String), Error> {
        self.entries.get(key).ok_or_else(|| Error::Missing { key: key.to_owned() })
    }
}
