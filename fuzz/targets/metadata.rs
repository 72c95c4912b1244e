//! Any bytes as each text of a dist-info.
#![no_main]

use monowheel::wheel::{entry_points::EntryPoints, metadata::Metadata, metadata::WheelFile, sbom::Sbom};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = Metadata::parse(bytes);
    let _ = WheelFile::parse(bytes);
    let _ = EntryPoints::parse(bytes);
    let _ = Sbom::parse("sbom.json", bytes);
});
