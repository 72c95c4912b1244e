//! Any bytes as each text of a dist-info, including the build record.
#![no_main]

use monowheel_build::verify::recipe;
use monowheel_wheel::entry_points::EntryPoints;
use monowheel_wheel::metadata::{Metadata, WheelFile};
use monowheel_wheel::sbom::Sbom;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = Metadata::parse(bytes);
    let _ = WheelFile::parse(bytes);
    let _ = EntryPoints::parse(bytes);
    let _ = Sbom::parse("sbom.json", bytes);
    if let Ok(recipe) = recipe::parse(bytes) {
        let _ = recipe::check(&recipe, false);
    }
});
