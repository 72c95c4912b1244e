//! Any bytes as a WebAssembly module.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(b"\0asm") {
        let _ = monowheel_wheel::binary::Binary::read(bytes);
    }
});
