//! Any bytes as a wheel: the archive's reader, and every member.
#![no_main]

use monowheel_wheel::archive::{Archive, Limits};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(archive) = Archive::open(&bytes, &Limits::default()) else { return };
    for member in &archive.members {
        let (mut seen, mut oddities) = (0_u64, Vec::new());
        if let Ok(true) = archive.read(member, &mut oddities, &mut |piece| seen += piece.len() as u64) {
            assert_eq!(seen, member.size, "what reads well has the size it claims");
        }
        assert!(seen <= member.size, "never more than is claimed");
    }
});
