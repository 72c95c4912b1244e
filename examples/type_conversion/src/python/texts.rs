//! Texts, bytes and file names: who owns them, and where they are copied.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::PyString;

use crate::{text, Error};

/// `text` in capitals. Raises UnicodeEncodeError for a lone surrogate, which UTF-8 cannot represent.
// &str is borrowed for the call. The stable ABI lends a string's UTF-8 without a copy from 3.10 on; below, PyO3 copies.
#[pyfunction]
pub(super) fn capitals(text: &str) -> String {
    text.to_uppercase()
}

/// `text` with U+FFFD in place of invalid Unicode.
#[pyfunction]
pub(super) fn lossy<'a>(text: &'a Bound<'_, PyString>) -> Cow<'a, str> {
    text.to_string_lossy()
}

/// `data` decoded from UTF-8. Raises UnicodeDecodeError with the invalid position.
// &[u8] borrows the content of `bytes` without a copy; a bytearray, which could change, is refused.
#[pyfunction]
pub(super) fn decode(data: &[u8]) -> Result<&str, Error> {
    text::decode(data)
}

/// The bytes in reverse order.
// Cow borrows from bytes and copies a bytearray. It goes back as bytes, as Vec<u8> does.
#[pyfunction]
pub(super) fn reversed_bytes(data: Cow<'_, [u8]>) -> Vec<u8> {
    data.iter().rev().copied().collect()
}

/// The number of words in `text`.
// PyBackedStr keeps the Python string alive and is Send: a &str could not be used while detached.
#[pyfunction]
pub(super) fn words(py: Python<'_>, text: PyBackedStr) -> usize {
    py.detach(|| text::words(&text))
}

/// The number of occurrences of each of `words`. A str, itself a sequence of str, is refused with TypeError.
#[pyfunction]
pub(super) fn tally(words: Vec<PyBackedStr>) -> BTreeMap<String, usize> {
    text::tally(words.iter().map(|word| &**word)).into_iter().map(|(word, count)| (word.to_owned(), count)).collect()
}

/// The keys of each value of `mapping`, in order.
#[pyfunction]
pub(super) fn inverted(mapping: HashMap<String, i64>) -> BTreeMap<i64, Vec<String>> {
    let mut keys: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (key, value) in mapping {
        keys.entry(value).or_default().push(key);
    }
    keys.values_mut().for_each(|keys| keys.sort());
    keys
}

/// The total length of `texts` in bytes of UTF-8; `texts` is any iterable, and is read one by one.
// Vec accepts only sequences, because it needs their length; iterate over a generator instead.
#[pyfunction]
pub(super) fn utf8_length(texts: &Bound<'_, PyAny>) -> PyResult<usize> {
    let mut length = 0;
    for text in texts.try_iter()? {
        length += text?.cast::<PyString>()?.to_cow()?.len();
    }
    Ok(length)
}

/// The last part of a path, or None.
// PathBuf takes str and os.PathLike, but not bytes. OsString is returned as Python names files: invalid UTF-8 survives
// as surrogates, which a String would refuse.
#[pyfunction]
pub(super) fn file_name(path: PathBuf) -> Option<OsString> {
    path.file_name().map(OsString::from)
}

/// The code point of one character. Raises ValueError for a text of another length.
#[pyfunction]
pub(super) fn ordinal(character: char) -> u32 {
    character.into()
}
