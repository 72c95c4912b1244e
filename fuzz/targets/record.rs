//! Any bytes as a RECORD.
#![no_main]

use monowheel_wheel::record::Record;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let record = Record::parse(bytes);
    assert!(record.rows.len() <= bytes.len());
});
