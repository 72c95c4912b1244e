//! Texts and bytes.

use std::collections::BTreeMap;

use crate::Error;

/// `data` decoded from UTF-8, without a copy.
pub fn decode(data: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(data).map_err(|error| Error::NotUtf8(data.to_vec(), error))
}

/// The number of words in `text`.
#[must_use]
pub fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// The number of occurrences of each of `words`.
pub fn tally<'a>(words: impl IntoIterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    counts
}
