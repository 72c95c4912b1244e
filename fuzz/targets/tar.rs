//! Any bytes as an sdist: the only tar reader, and the names that may be unpacked. The first byte chooses whether the
//! rest is a `.tar.gz`, or blocks that are packed first, with a valid checksum in each that looks like a header.
#![no_main]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Component, PathBuf};

use monowheel_wheel::tarball::{self, FileSystem, Limits, Names};

const LIMITS: Limits = Limits {
    members: 50,
    name: 2 << 10,
    names: 8 << 10,
    member: 64 << 10,
    total: 1 << 20,
    modest: 64 << 10,
    ratio: 50,
};

/// Blocks of 512 bytes, each with a valid checksum.
fn packed(blocks: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for block in blocks.chunks(512) {
        let mut whole = [0; 512];
        whole[..block.len()].copy_from_slice(block);
        // Only blocks with the magic of a header, so that content stays unchanged.
        if &whole[257..262] == b"ustar" {
            whole[148..156].fill(b' ');
            let sum: u32 = whole.iter().map(|byte| u32::from(*byte)).sum();
            whole[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
        gzip.write_all(&whole).expect("memory");
    }
    gzip.finish().expect("memory")
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let sdist = if choice % 4 == 0 { rest.to_vec() } else { packed(rest) };
    let strict = choice % 2 == 0;
    let mut names = Names::new(FileSystem { folds_case: strict, is_windows: strict });
    let (mut count, mut total, mut places) = (0, 0, BTreeSet::<PathBuf>::new());
    let read = tarball::each(&sdist, &LIMITS, &mut |member, content| {
        count += 1;
        assert!(count <= LIMITS.members && member.size <= LIMITS.member);
        let mut bytes = Vec::new();
        // Every second one is left unread.
        if count % 2 == 0 {
            content.read_to_end(&mut bytes)?;
            assert!(bytes.len() as u64 <= member.size);
            total += bytes.len() as u64;
        }
        if let Ok(Some((path, again))) = names.add(member) {
            assert!(path.components().all(|part| matches!(part, Component::Normal(_))), "{path:?}");
            assert!(path.components().count() >= 2 && path.starts_with(names.top().expect("a top")));
            assert_eq!(again, !places.insert(path.clone()));
            assert!(path.ancestors().skip(1).all(|above| !places.contains(above)));
        }
        Ok(())
    });
    assert!(total <= LIMITS.total);
    if let Ok(summary) = &read {
        assert_eq!(tarball::each(&sdist, &LIMITS, &mut |_, _| Ok(())).expect("as before"), *summary);
    }
});
