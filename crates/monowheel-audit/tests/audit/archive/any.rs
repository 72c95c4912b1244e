//! Properties of any archive, and of any bytes.

use monowheel_wheel::archive::OddityKind::{self, CaseClash, DuplicateName, OddPath, Traversal};
use monowheel_wheel::source::ReadAt as _;
use proptest::prelude::*;

use super::{Counted, look};
use crate::forge::zip::{Entry, Zip};

prop_compose! {
    fn any_zip()(
        files in prop::collection::btree_map("[a-zA-Zäλ0-9_.-]{1,12}(/[a-z0-9_-]{1,8}){0,2}", (any::<bool>(), prop::collection::vec(0..4_u8, 0..300)), 0..8),
        zip64 in any::<bool>(),
        comment in "[ -~]{0,20}",
    ) -> (Zip, Vec<(String, Vec<u8>)>) {
        let mut zip = Zip { zip64, ..Zip::default() };
        zip.end.comment = comment.into_bytes();
        let mut expected = Vec::new();
        for (path, (stored, bytes)) in files {
            zip.entries.push(if stored { Entry::stored(&path, &bytes) } else { Entry::new(&path, &bytes) });
            expected.push((path, bytes));
        }
        (zip, expected)
    }
}

/// Kinds that may be caused by names alone.
const BY_NAME: [OddityKind; 3] = [DuplicateName, CaseClash, OddPath];

proptest! {
    #[test]
    fn what_is_forged_reads_back((zip, expected) in any_zip()) {
        let looked = look(&zip.bytes().as_slice()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let odd: Vec<_> = looked.oddities.iter().filter(|odd| !BY_NAME.contains(&odd.kind) && odd.kind != Traversal).collect();
        prop_assert!(odd.is_empty(), "{:?}", odd);
        let expected: Vec<_> = expected.into_iter().map(|(path, bytes)| (path, Some(bytes))).collect();
        prop_assert_eq!(looked.files, expected);
    }

    #[test]
    fn whatever_is_changed_is_survived(
        (zip, _) in any_zip(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = zip.bytes();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let source = Counted::new(bytes);
        let _ = look(&source);
        prop_assert!(source.read() <= 4 * source.size() + 10_000);
    }

    /// A changed byte of a member's data is detected, unless it has no effect.
    #[test]
    fn a_changed_byte_is_noticed((zip, expected) in any_zip(), place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = zip.bytes();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(looked) = look(&bytes.as_slice()) {
            for (path, read) in looked.files {
                let (Some(read), Some((_, truth))) = (read, expected.iter().find(|(known, _)| *known == path)) else { continue };
                prop_assert!(read == *truth || !looked.oddities.is_empty(), "{}", path);
            }
        }
    }
}
