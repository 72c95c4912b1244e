//! `*.dist-info/RECORD`: every file of a wheel with its hash and size.
//!
//! CSV with the defaults of Python's `csv` module (recording-installed-projects specification); in a
//! wheel, every row except RECORD's own has a hash, `sha256` or better (binary distribution format).

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::archive::Member;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Row {
    /// The path in the wheel.
    pub path: String,
    /// `sha256=<base64 without padding>`, or empty.
    pub hash: String,
    /// Bytes as written, or empty.
    pub size: String,
}

/// A complete RECORD.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Record {
    /// The rows in the order of the file.
    pub rows: Vec<Row>,
    /// Invalid rows (`(row number from 1, why)`).
    pub broken: Vec<(usize, String)>,
    /// The file is not UTF-8; the index rejects it.
    pub not_utf8: bool,
}

/// The hash in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest<'a> {
    /// None.
    Absent,
    /// A SHA-256.
    Sha256([u8; 32]),
    /// Another algorithm that the specification allows (`sha384`, `sha512`, …), by name. Not compared here.
    Other(&'a str),
    /// `md5`, `sha1` or another forbidden algorithm, by name.
    Weak(&'a str),
    /// Not `name=value`, or not a SHA-256 after `sha256=`.
    Malformed,
}

/// Rows and members side by side.
#[derive(Debug)]
pub struct Matched<'a> {
    /// Every row with the member that it names, if there is one.
    pub rows: Vec<(&'a Row, Option<&'a Member>)>,
    /// Members that no row lists, in the order of the archive; directories are left out.
    pub unlisted: Vec<&'a Member>,
    /// Rows with the same path as an earlier row.
    pub repeated: Vec<&'a Row>,
}

impl Record {
    /// Finds the member of every row. Most writers keep the same order in both, so the next member is tried first.
    #[must_use]
    pub fn matched<'a>(&'a self, members: &'a [Member]) -> Matched<'a> {
        let mut matched = Matched { rows: Vec::with_capacity(self.rows.len()), unlisted: vec![], repeated: vec![] };
        let mut listed = vec![false; members.len()];
        let mut places: Option<HashMap<Cow<'_, str>, usize>> = None;
        let mut next = 0;
        for row in &self.rows {
            let path = slashed(&row.path);
            let place = match members.get(next) {
                Some(member) if slashed(&member.path) == path => Some(next),
                _ => {
                    let index = || members.iter().enumerate().map(|(at, member)| (slashed(&member.path), at)).collect();
                    places.get_or_insert_with(index).get(&path).copied()
                }
            };
            if let Some(place) = place {
                next = place + 1;
                if listed.get_mut(place).is_some_and(|listed| std::mem::replace(listed, true)) {
                    matched.repeated.push(row);
                }
            }
            matched.rows.push((row, place.and_then(|place| members.get(place))));
        }
        let unlisted = members.iter().zip(listed).filter(|(member, listed)| !listed && !member.is_folder);
        matched.unlisted = unlisted.map(|(member, _)| member).collect();
        // A second member with the same name is a defect of the archive, not of RECORD.
        if !matched.unlisted.is_empty() {
            let named: HashSet<Cow<'_, str>> = self.rows.iter().map(Row::normal_path).collect();
            matched.unlisted.retain(|member| !named.contains(&slashed(&member.path)));
        }
        matched
    }

    /// Parses the file; unreadable parts are in [`broken`](Self::broken).
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let mut record = Self { not_utf8: std::str::from_utf8(bytes).is_err(), ..Self::default() };
        if record.not_utf8 {
            record.broken.push((0, "the file is not UTF-8".to_owned()));
        }
        // `csv` skips it; Python's reader takes it for a part of the first path.
        if bytes.starts_with(b"\xef\xbb\xbf") {
            record.broken.push((1, "a byte order mark before the path".to_owned()));
        }
        if blank_row(bytes) {
            record.broken.push((0, "a blank row".to_owned()));
        }
        // The header row of a table would be a file named `path`.
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut fields = csv::ByteRecord::new();
        for number in 1.. {
            match reader.read_byte_record(&mut fields) {
                Ok(true) => {}
                Ok(false) => break,
                // Bytes in memory and rows of any length cause no error; if they ever do, the rest is not read.
                Err(error) => {
                    record.broken.push((number, error.to_string()));
                    break;
                }
            }
            let text = |index| fields.get(index).map(|field| String::from_utf8_lossy(field).into_owned());
            if fields.len() != 3 {
                record.broken.push((number, format!("{} columns instead of 3", fields.len())));
            }
            let (Some(path), hash, size) = (text(0), text(1).unwrap_or_default(), text(2).unwrap_or_default()) else {
                continue;
            };
            record.rows.push(Row { path, hash, size });
        }
        record
    }
}

impl Row {
    /// The path with `/` between its parts, as the index reads it.
    #[must_use]
    pub fn normal_path(&self) -> Cow<'_, str> {
        slashed(&self.path)
    }

    /// Whether the hash of the member is known, and differs.
    #[must_use]
    pub fn contradicts(&self, member: &Member) -> bool {
        matches!((self.digest(), member.sha256), (Digest::Sha256(said), Some(is)) if said != is)
    }

    /// The row's hash.
    #[must_use]
    pub fn digest(&self) -> Digest<'_> {
        if self.hash.is_empty() {
            return Digest::Absent;
        }
        let Some((name, value)) = self.hash.split_once('=') else { return Digest::Malformed };
        match name {
            "sha256" => decode_sha256(value.as_bytes()).map_or(Digest::Malformed, Digest::Sha256),
            // hashlib's guaranteed algorithms at least as strong as SHA-256.
            "sha384" | "sha512" | "sha3_256" | "sha3_384" | "sha3_512" | "blake2b" | "blake2s" => Digest::Other(name),
            _ => Digest::Weak(name),
        }
    }
}

/// A path with `/` for every backslash, which the index and Windows treat as equal.
fn slashed(path: &str) -> Cow<'_, str> {
    match path.contains('\\') {
        true => Cow::Owned(path.replace('\\', "/")),
        false => Cow::Borrowed(path),
    }
}

/// A row without any byte, other than the end of the file. `csv` skips these; Python's reader does not.
fn blank_row(bytes: &[u8]) -> bool {
    let mut previous = 0;
    let mut quoted = false;
    memchr::memchr_iter(b'\n', bytes).any(|end| {
        let line = bytes.get(previous..end).unwrap_or_default();
        previous = end + 1;
        let blank = !quoted && matches!(line, b"" | b"\r");
        if memchr::memchr_iter(b'"', line).count() % 2 == 1 {
            quoted = !quoted;
        }
        blank
    })
}

/// Decodes the urlsafe base64 without padding of 32 bytes; padding is tolerated, as in installers.
fn decode_sha256(text: &[u8]) -> Option<[u8; 32]> {
    let text = text.strip_suffix(b"=").unwrap_or(text);
    if text.len() != 43 {
        return None;
    }
    let mut digest = [0; 32];
    let mut filled = digest.iter_mut();
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            *filled.next()? = u8::try_from((bits >> held) & 0xff).ok()?;
            bits &= (1 << held) - 1;
        }
    }
    // Two bits are left over; a writer sets them to zero.
    (bits == 0).then_some(digest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EMPTY: &str = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

    #[test]
    fn rows_are_read() {
        let record = Record::parse(format!("a.py,{EMPTY},0\r\n\"b,\"\"c\"\".py\",,\nd/RECORD,,\n").as_bytes());
        let paths: Vec<&str> = record.rows.iter().map(|row| row.path.as_str()).collect();
        assert_eq!(paths, ["a.py", "b,\"c\".py", "d/RECORD"]);
        assert_eq!(record.broken, []);
    }

    #[test]
    fn a_row_has_three_columns() {
        let record = Record::parse(b"a\nb,,\n\nc,,,\n");
        assert_eq!(record.rows.len(), 3);
        let said: Vec<&str> = record.broken.iter().map(|(_, why)| why.as_str()).collect();
        assert_eq!(said, ["a blank row", "1 columns instead of 3", "4 columns instead of 3"]);
        assert_eq!(Record::parse(b"a,,\n\"b\n\nc\",,\n").broken, [], "a blank line in quotes is not a row");
    }

    #[test]
    fn digests() {
        use sha2::Digest as _;
        let row = |hash: &str| Row { path: String::new(), hash: hash.to_owned(), size: String::new() };
        let empty: [u8; 32] = sha2::Sha256::digest(b"").into();
        assert_eq!(row(EMPTY).digest(), Digest::Sha256(empty));
        assert_eq!(row(&format!("{EMPTY}=")).digest(), Digest::Sha256(empty));
        assert_eq!(row("").digest(), Digest::Absent);
        assert_eq!(row("sha512=x").digest(), Digest::Other("sha512"));
        assert_eq!(row("md5=x").digest(), Digest::Weak("md5"));
        for bad in ["sha256=", "sha256", "sha256=é", "sha256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"] {
            assert_eq!(row(bad).digest(), Digest::Malformed, "{bad}");
        }
    }

    #[test]
    fn rows_and_members_are_matched() {
        let member = |path: &str| Member { path: path.to_owned(), is_folder: path.ends_with('/'), ..Member::default() };
        let members = [member("a/"), member("a/b"), member("c"), member("d")];
        let record = Record::parse(b"c,,\na\\b,,\nghost,,\nc,,\n");
        let matched = record.matched(&members);
        let found: Vec<_> = matched.rows.iter().map(|(_, member)| member.map(|member| member.path.as_str())).collect();
        assert_eq!(found, [Some("c"), Some("a/b"), None, Some("c")]);
        assert_eq!(matched.unlisted.iter().map(|member| member.path.as_str()).collect::<Vec<_>>(), ["d"]);
        assert_eq!(matched.repeated.len(), 1);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for row in Record::parse(&bytes).rows {
                let _ = row.digest();
            }
        }

        #[test]
        fn what_is_written_is_read(rows in proptest::collection::vec(("\\PC{1,12}", "[ -~]{0,9}", "[0-9]{0,9}"), 1..9)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for (path, hash, size) in &rows {
                writer.write_record([path, hash, size]).map_err(|error| TestCaseError::fail(error.to_string()))?;
            }
            let bytes = writer.into_inner().map_err(|error| TestCaseError::fail(error.to_string()))?;
            let record = Record::parse(&bytes);
            let read: Vec<_> = record.rows.into_iter().map(|row| (row.path, row.hash, row.size)).collect();
            prop_assert_eq!(read, rows);
            prop_assert_eq!(record.broken, vec![]);
        }
    }
}
