//! Two wheels, or two of anything: comparing never panics, is symmetric, and equal bytes are
//! identical. The first byte chooses the type of the rest, the first 0xff 0xfe separates the two.
#![no_main]

use monowheel_build::compare::{self, Comparison, Kind};
use monowheel_forge::zip::{Entry, Zip};

/// Paths whose content is compared in its own way.
const MEMBERS: [&str; 6] = [
    "demo/_demo.abi3.so",
    "demo/x.py",
    "demo-1.0.dist-info/METADATA",
    "demo-1.0.dist-info/RECORD",
    "demo-1.0.dist-info/sboms/demo.cyclonedx.json",
    "demo/x.bin",
];

fn kinds(comparison: &Comparison) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = comparison.differences().iter().map(|difference| difference.kind).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let parted = rest.windows(2).position(|pair| pair == [0xff, 0xfe]);
    let (left, right) = match parted {
        Some(at) => (&rest[..at], &rest[at + 2..]),
        // The same except for one byte.
        None => (rest, rest.split_last().map_or(rest, |(_, start)| start)),
    };
    let wrapped = |content: &[u8]| -> Vec<u8> {
        match MEMBERS.get(usize::from(*choice)) {
            Some(path) => Zip { entries: vec![Entry::new(path, content)], ..Zip::default() }.bytes(),
            None => content.to_vec(),
        }
    };
    let (a, b) = (wrapped(left), wrapped(right));
    assert!(compare::distributions(&a, &a).expect("the same bytes").is_identical());
    assert!(compare::sdists(&b, &b).expect("the same bytes").is_identical());
    match (compare::distributions(&a, &b), compare::distributions(&b, &a)) {
        (Ok(one), Ok(other)) => {
            assert_eq!(one.is_identical(), a == b);
            assert_eq!(kinds(&one), kinds(&other), "{one:#?}\n{other:#?}");
        }
        (Err(_), Err(_)) => {}
        (one, other) => panic!("{one:?}\n{other:?}"),
    }
});
