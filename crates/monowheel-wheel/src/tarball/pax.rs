//! Records of a pax header: `LENGTH KEY=VALUE\n`, the length in decimal and of the complete record (POSIX, "pax
//! Extended Header"). Parsed by their lengths, as in `tarfile`: a value may contain a newline.

use monowheel_error::Result;

use crate::tarball::unreadable;

/// A key and its value.
pub(super) type Record = (String, Vec<u8>);

/// The records of a header, in order.
pub(super) fn records(mut header: &[u8]) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    // Some writers fill the block with zeros.
    while header.first().is_some_and(|byte| *byte != 0) {
        let (record, rest) = first(header).ok_or_else(|| unreadable(&"a pax header is malformed"))?;
        records.push(record);
        header = rest;
    }
    if header.iter().any(|byte| *byte != 0) {
        return Err(unreadable(&"a pax header is malformed"));
    }
    Ok(records)
}

/// The first record, and the rest.
fn first(header: &[u8]) -> Option<(Record, &[u8])> {
    let space = header.iter().take(20).position(|byte| *byte == b' ')?;
    let digits = std::str::from_utf8(header.get(..space)?).ok()?;
    let length: usize = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
    let record = header.get(space + 1..length)?.strip_suffix(b"\n")?;
    let equals = record.iter().position(|byte| *byte == b'=')?;
    let (key, value) = record.split_at(equals);
    let key = std::str::from_utf8(key).ok().filter(|key| !key.is_empty())?;
    Some(((key.to_owned(), value.get(1..)?.to_vec()), header.get(length..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_by_their_lengths() {
        let read = |header: &[u8]| records(header).ok();
        let record = |key: &str, value: &str| (key.to_owned(), value.as_bytes().to_vec());
        assert_eq!(read(b"7 a=b\n\n7 c=\nd\n"), Some(vec![record("a", "b\n"), record("c", "\nd")]));
        assert_eq!(read(b"6 a=b\n\0\0"), Some(vec![record("a", "b")]));
        assert_eq!(read(b""), Some(Vec::new()));
        for bad in [
            &b"a=b\n"[..],
            b"6 a=b",
            b"7 a=b\n",
            b"99 a=b\n",
            b"5 =b\n",
            b"6 a=b\n\0x",
            b"+6 a=b\n",
            b"18446744073709551616 a=b\n",
            b"0 a=b\n",
        ] {
            assert_eq!(read(bad), None, "{}", String::from_utf8_lossy(bad));
        }
    }
}
