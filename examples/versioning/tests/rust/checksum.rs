//! Tests of the core through the rlib, without Python.

use versioning::{crc32, verify, Error};

#[test]
fn known_checksums() {
    // The check value of the CRC catalog.
    assert_eq!(crc32(*b"123456789", 0), 0xCBF4_3926);
    assert_eq!(crc32([], 0), 0);
    assert_eq!(crc32([0; 4], 0), 0x2144_DF1C);
}

#[test]
fn goes_on() {
    assert_eq!(crc32(*b"56789", crc32(*b"1234", 0)), crc32(*b"123456789", 0));
}

#[test]
fn verifies() {
    assert_eq!(verify(*b"123456789", 0xCBF4_3926), Ok(()));
    let error = verify(*b"123456780", 0xCBF4_3926).unwrap_err();
    assert_eq!(error, Error { expected: 0xCBF4_3926, found: crc32(*b"123456780", 0) });
    assert!(error.to_string().ends_with("not cbf43926"), "{error}");
}
