//! Random wheels.

use monowheel_build::normalize::{Recipe, wheel};
use proptest::prelude::*;

use super::forge::wheel::{Wheel, record};
use super::forge::zip::{Entry, Zip};
use super::sections::{code, members};
use super::{PLATFORMS, finished, raw, wrong};

/// Names and contents of a package's files, times, and modes.
fn files() -> impl Strategy<Value = Vec<(String, Vec<u8>, u16, u32)>> {
    let one = ("[a-z]{1,3}/[a-z]{1,3}", proptest::collection::vec(any::<u8>(), 0..40), 0x21_u16..0x5c7f, 0_u32..0o1000);
    proptest::collection::vec(one, 0..6).prop_map(|mut files| {
        files.sort();
        files.dedup_by(|a, b| a.0 == b.0);
        files
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn order_times_and_modes_leave_nothing(files in files(), seed in any::<u64>()) {
        let made = files.iter().fold(Wheel::pure(), |made, (path, bytes, ..)| made.with(path, bytes.clone()));
        let first = finished(&made.bytes(), &Recipe::default()).unwrap().0;
        let mut zip = made.zip();
        let length = zip.entries.len();
        for place in 0..length {
            zip.entries.swap(place, (seed >> (place % 48)) as usize % length);
        }
        for (entry, (_, _, time, mode)) in zip.entries.iter_mut().zip(&files) {
            entry.both(|record| record.date = *time);
            // Whether a file is executable is not an accident.
            entry.more.external = (0o100_600 | mode & 0o666) << 16;
        }
        prop_assert!(finished(&zip.bytes(), &Recipe::default()).unwrap().0 == first);
        prop_assert_eq!(members(&first).len(), length);
    }

    #[test]
    fn record_is_true(files in files(), extra in proptest::collection::vec(any::<u8>(), 0..40)) {
        let made = files.iter().fold(Wheel::pure(), |made, (path, bytes, ..)| made.with(path, bytes.clone()));
        let recipe = Recipe { extra: vec![("monowheel.json".to_owned(), extra)], ..Recipe::default() };
        let (bytes, _) = finished(&made.bytes(), &recipe).unwrap();
        let mut all = members(&bytes);
        let (_, said) = all.pop().unwrap();
        prop_assert_eq!(String::from_utf8(said).unwrap(), record(&all));
    }

    /// One byte of a library, and RECORD with it: whatever happens, normalizing is idempotent, and the code stays.
    #[test]
    fn libraries_of_any_bytes(platform in 0..PLATFORMS.len(), changes in proptest::collection::vec((any::<u64>(), any::<u8>()), 0..4)) {
        let made = raw(PLATFORMS[platform], '1', "/home/jane");
        let mut binary = super::forge::binary(&made.binaries[0].1);
        // Headers and tables are the sensitive parts.
        for (place, byte) in changes {
            let place = place as usize % binary.len().min(0x600);
            binary[place] = byte;
        }
        spoilt(&made.binaries[0].0, &binary)?;
    }

    #[test]
    fn linked_libraries_of_any_bytes(arm in any::<bool>(), changes in proptest::collection::vec((any::<u64>(), any::<u8>()), 0..4)) {
        let mut binary = super::forge::linked::Linked::new(arm, 1, &["/x.o", "_local", "_stub"]).bytes();
        for (place, byte) in changes {
            // The load commands, and the tables after 0x8000.
            let place = place as usize % 0x500;
            let place = if place < 0x250 { place } else { 0x8000 + place - 0x250 };
            if let Some(there) = binary.get_mut(place) {
                *there = byte;
            }
        }
        spoilt("demo/_demo.abi3.so", &binary)?;
    }

    #[test]
    fn archives_of_any_bytes(changes in proptest::collection::vec((any::<u64>(), any::<u8>()), 1..4)) {
        let mut bytes = Wheel::pure().bytes();
        for (place, byte) in changes {
            let place = place as usize % bytes.len();
            bytes[place] = byte;
        }
        if let Ok(done) = wheel(&bytes, &Recipe::default()) {
            prop_assert!(wheel(&done.bytes, &Recipe::default()).unwrap().bytes == done.bytes);
            let about_the_archive = |found: &String| ["record-", "zip-"].iter().any(|rule| found.starts_with(rule));
            prop_assert!(!wrong("demo-1.0-py3-none-any.whl", &done.bytes).iter().any(about_the_archive));
        }
    }
}

/// Normalizes a wheel with this library, if possible.
fn spoilt(path: &str, binary: &[u8]) -> Result<(), TestCaseError> {
    let files = vec![(path.to_owned(), binary.to_vec())];
    let text = record(&files);
    let entries = vec![Entry::new(path, binary), Entry::new("demo-1.0.dist-info/RECORD", text.as_bytes())];
    let bytes = Zip { entries, ..Zip::default() }.bytes();
    let recipe = Recipe { strip: true, ..Recipe::default() };
    if let Ok(done) = wheel(&bytes, &recipe) {
        let again = wheel(&done.bytes, &recipe);
        prop_assert!(again.is_ok_and(|again| again.bytes == done.bytes), "{:?}", done.steps);
        if object::File::parse(binary).is_ok() {
            // A section table that is wrong about code does not matter to a loader.
            let both = std::panic::catch_unwind(|| (code(&bytes), code(&done.bytes)));
            if let Ok((before, after)) = both {
                prop_assert!(before == after, "code was changed: {:?}", done.steps);
            }
        }
    }
    Ok(())
}
