//! Any bytes as an ELF library.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(b"\x7fELF") {
        let _ = monowheel_wheel::binary::Binary::read(bytes);
    }
});
