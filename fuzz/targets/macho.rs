//! Any bytes as a Mach-O library, thin or fat, with its signature.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if bytes.first().is_some_and(|first| matches!(first, 0xca | 0xcf | 0xce | 0xfe)) {
        let _ = monowheel_wheel::binary::Binary::read(bytes);
    }
});
