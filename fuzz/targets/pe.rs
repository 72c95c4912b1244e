//! Any bytes as a PE library.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(b"MZ") {
        let _ = monowheel_wheel::binary::Binary::read(bytes);
    }
});
