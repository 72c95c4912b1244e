//! Properties of all comparisons.

use monowheel_build::compare::{self, Comparison, Kind};
use proptest::prelude::*;

use crate::forge::wheel::Wheel;
use crate::forge::zip::{Entry, Zip};
use crate::kinds;

fn paths() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "demo/__init__.py",
        "demo/x.bin",
        "demo/_demo.abi3.so",
        "demo-1.0.dist-info/METADATA",
        "demo-1.0.dist-info/RECORD",
        "demo-1.0.dist-info/sboms/x.cyclonedx.json",
    ])
    .prop_map(str::to_owned)
}

fn contents() -> impl Strategy<Value = Vec<u8>> {
    let json = prop::sample::select(vec![
        &b"{\"serialNumber\": \"1\", \"a\": [1, 2]}"[..],
        b"{\"serialNumber\": \"2\", \"a\": [2, 1]}",
        b"demo/x.py,sha256=abc,1\nb.py,,\n",
        b"b.py,,\ndemo/x.py,sha256=abd,1\n",
        b"Name: demo\nVersion: 1\n",
        b"Name: demo\r\nVersion: 2\r\n",
    ]);
    prop_oneof![prop::collection::vec(any::<u8>(), 0..60), json.prop_map(<[u8]>::to_vec)]
}

fn zips() -> impl Strategy<Value = Vec<u8>> {
    let entry =
        (paths(), contents(), any::<bool>(), 0..3_u16, 0..2_u32).prop_map(|(path, bytes, stored, time, mode)| {
            let mut entry = if stored { Entry::stored(&path, &bytes) } else { Entry::new(&path, &bytes) };
            entry.both(|record| record.time = time);
            entry.mode(0o100_644 + mode)
        });
    prop::collection::vec(entry, 0..6).prop_map(|entries| Zip { entries, ..Zip::default() }.bytes())
}

/// A forged wheel with one byte of its binary changed.
fn spoiled() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let platforms = prop::sample::select(vec!["manylinux_2_17_x86_64", "macosx_10_12_universal2", "win_amd64"]);
    (platforms, any::<prop::sample::Index>(), 1..=255_u8).prop_map(|(platform, place, change)| {
        let wheel = Wheel::abi3(platform);
        let zip = wheel.zip();
        let path = wheel.binaries[0].0.clone();
        let mut bytes = crate::forge::binary(&wheel.binaries[0].1);
        let index = place.index(bytes.len());
        bytes[index] ^= change;
        let mut other = zip.clone();
        *other.entry(&path) = Entry::new(&path, &bytes);
        (zip.bytes(), other.bytes())
    })
}

/// Both ways: never *identical*, and with the same kinds.
fn check(a: &[u8], b: &[u8]) -> Result<Comparison, TestCaseError> {
    let (one, other) = (compare::wheels(&a, &b).unwrap(), compare::wheels(&b, &a).unwrap());
    prop_assert_eq!(one.is_identical(), a == b);
    prop_assert_eq!(kinds(&one), kinds(&other), "{:#?}\n{:#?}", one, other);
    if !one.is_identical() {
        prop_assert!(!one.differences().is_empty());
        prop_assert!(one.differences().windows(2).all(|pair| pair[0].kind <= pair[1].kind), "sorted by importance");
    }
    Ok(one)
}

proptest! {
    #[test]
    fn a_wheel_is_identical_to_itself(bytes in zips()) {
        prop_assert!(compare::wheels(&bytes, &bytes.clone()).unwrap().is_identical());
    }

    #[test]
    fn comparing_is_symmetric(a in zips(), b in zips()) {
        check(&a, &b)?;
    }

    #[test]
    fn a_changed_byte_of_a_binary_is_found((a, b) in spoiled()) {
        let found = check(&a, &b)?;
        let content = found.differences().iter().any(|difference| !difference.kind.is_packaging() && difference.kind != Kind::More);
        prop_assert!(content, "{:#?}", found);
    }

    #[test]
    fn any_bytes_are_compared_or_refused(a in prop::collection::vec(any::<u8>(), 0..200), b in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = compare::distributions(&a, &b);
        let _ = compare::sdists(&a, &b);
        prop_assert!(compare::distributions(&a, &a).unwrap().is_identical());
    }
}
