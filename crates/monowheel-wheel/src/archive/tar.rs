//! Whether the first block of a file is also a tar header: then its content depends on the reader.

/// The size of a block.
pub(super) const BLOCK: usize = 512;

/// Whether Python's `tarfile.is_tarfile` would treat a file that begins with this block as an archive,
/// which is the index's check (`forklift/legacy.py`).
pub(super) fn is_header(block: &[u8]) -> bool {
    let Some(block) = block.first_chunk::<BLOCK>() else { return false };
    // A block of zeros is the end of an archive, here of an empty one.
    if block.iter().all(|byte| *byte == 0) {
        return true;
    }
    let field = block.get(148..156).unwrap_or_default();
    let Some(said) = number(field) else { return false };
    // The field itself counts as eight spaces; some writers sum signed bytes.
    let sum = |value: fn(u8) -> i64| -> i64 {
        256 + block.iter().map(|byte| value(*byte)).sum::<i64>() - field.iter().map(|byte| value(*byte)).sum::<i64>()
    };
    said == sum(i64::from) || said == sum(|byte| i64::from(i8::from_le_bytes([byte])))
}

/// A number in a header: octal digits up to a NUL byte, or GNU's binary form.
fn number(field: &[u8]) -> Option<i64> {
    if let [0o200, digits @ ..] = field {
        return digits.iter().try_fold(0_i64, |sum, byte| sum.checked_mul(256)?.checked_add(i64::from(*byte)));
    }
    let text: String = field.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect();
    i64::from_str_radix(text.trim(), 8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_tar_header() {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(0);
        header.set_cksum();
        builder.append_data(&mut header, "PK\x03\x04 also", std::io::empty()).unwrap();
        let mut bytes = builder.into_inner().unwrap();
        assert!(is_header(&bytes));
        bytes[0] ^= 1;
        assert!(!is_header(&bytes), "its checksum is wrong now");
        assert!(is_header(&[0; BLOCK]));
        assert!(!is_header(&[0; BLOCK - 1]));
    }

    #[test]
    fn numbers_have_two_forms() {
        assert_eq!(number(b"000017\0 "), Some(15));
        assert_eq!(number(b"\x80\0\0\0\0\0\x01\x02"), Some(258));
        assert_eq!(number(b"99"), None);
    }
}
