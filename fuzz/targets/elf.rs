//! Any bytes as an ELF library, at once and in pieces.
#![no_main]

use monowheel_wheel::binary::{Binary, Sparse};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(b"\x7fELF") {
        let whole = Binary::read(bytes);
        let mut sparse = Sparse::new(Vec::new());
        bytes.chunks(1 << 12).for_each(|piece| sparse.add(piece));
        if let Some(read) = sparse.read() {
            assert_eq!(read.ok(), whole.ok());
        }
    }
});
