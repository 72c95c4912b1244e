//! Writes `RECORD` (recording-installed-projects and binary-distribution-format specifications).

use sha2::{Digest as _, Sha256};

use crate::normalize::members::File;

/// The alphabet of RFC 4648, section 5.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// RECORD for these files, in their order, and for itself (`own`) without hash and size at the end.
pub(super) fn write(files: &[File], own: &str) -> Vec<u8> {
    let mut text = String::new();
    for file in files {
        text += &quoted(&file.path);
        text += ",sha256=";
        text += &base64_url(&Sha256::digest(&file.bytes));
        text += &format!(",{}\n", file.bytes.len());
    }
    text += &quoted(own);
    text += ",,\n";
    text.into_bytes()
}

/// A field as Python's `csv` writes it: in quotes only where they are needed.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\r', '\n']) {
        return format!("\"{}\"", field.replace('"', "\"\""));
    }
    field.to_owned()
}

/// URL-safe base64 without padding.
fn base64_url(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        let letter = |place: usize| LETTERS.get((bits >> (18 - 6 * place) & 63) as usize).copied().map(char::from);
        text.extend((0..=chunk.len()).filter_map(letter));
    }
    text
}

#[cfg(test)]
mod tests {
    use monowheel_wheel::record::{Digest, Record};
    use proptest::prelude::*;

    use super::*;

    fn file(path: &str, bytes: &[u8]) -> File {
        File { path: path.to_owned(), bytes: bytes.to_owned(), executable: false }
    }

    #[test]
    fn rows_are_those_of_the_specification() {
        let text = write(&[file("a.py", b""), file("b,\"c\".py", b"x")], "d.dist-info/RECORD");
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n\
             \"b,\"\"c\"\".py\",sha256=LXEWQrcmsEQBYnyp-6wy9chTD7GQPMTbAiWHF5IaSIE,1\n\
             d.dist-info/RECORD,,\n"
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            path in "[ -~é]{1,20}", bytes in proptest::collection::vec(any::<u8>(), 0..50),
        ) {
            let record = Record::parse(&write(&[file(&path, &bytes)], "RECORD"));
            prop_assert_eq!(record.broken, vec![]);
            prop_assert_eq!(record.rows.len(), 2);
            prop_assert_eq!(&record.rows[0].path, &path);
            prop_assert_eq!(record.rows[0].digest(), Digest::Sha256(Sha256::digest(&bytes).into()));
        }
    }
}
