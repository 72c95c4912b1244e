//! Line tables: what addresses in a file with DWARF belong to.
#![no_main]

use libfuzzer_sys::fuzz_target;
use monowheel_build::symbols::resolve::{Address, places};

fuzz_target!(|data: &[u8]| {
    let addresses = [0, 0x1000, 0x1010, 0x1119, 0x1130, u64::MAX].map(Address::FromBase);
    if let Ok(found) = places(data, &addresses) {
        assert_eq!(found.len(), addresses.len());
    }
    let _ = places(data, &[Address::InFile(0x1120)]);
});
