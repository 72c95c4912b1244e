//! The rule `pe-timestamp`.

use monowheel_wheel::time::date_time;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

/// 2015-01-01 and 2035-01-01: a current clock shows a time between them. One hash in seven is in this range, but
/// linkers that write a hash mark it.
const CLOCK: std::ops::Range<u32> = 1_420_070_400..2_051_222_400;

rule! {
    /// A Windows library contains the time at which it was linked.
    ///
    /// # What it does
    /// Checks whether the `TimeDateStamp` of PE files is a plausible link time. Zero, an old constant and a hash
    /// (marked by the linker: `/Brepro`) are not times. A time from `SOURCE_DATE_EPOCH` cannot be distinguished from
    /// the clock's.
    ///
    /// # Why it matters
    /// Every link gives different bytes, so nobody can rebuild the wheel and compare.
    ///
    /// # Example
    /// A `.pyd` with the time 2026-03-14 15:09:26 UTC.
    ///
    /// # Fix
    /// Link with `-Clink-arg=/Brepro` (MSVC) or `-Wl,--no-insert-timestamp` (MinGW), or set `SOURCE_DATE_EPOCH` for lld
    /// and zig.
    pub(super) static RULE: "pe-timestamp", Reproducible, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let stamped: Vec<_> = facts
        .slices()
        .filter_map(|(binary, slice)| Some((binary, slice, slice.timestamp.filter(|stamp| CLOCK.contains(stamp))?)))
        .collect();
    // One build links all of them with the same linker, so they are one finding.
    let finding = match stamped.as_slice() {
        [] => return,
        [(binary, slice, stamp)] => Finding::new(
            Severity::Note,
            binary.place(slice),
            format!("contains the link time {} UTC", date_time(u64::from(*stamp))),
        ),
        [(_, _, first), ..] => Finding::new(
            Severity::Note,
            Place::file(),
            format!(
                "{} libraries contain their link time, the first {} UTC",
                stamped.len(),
                date_time(u64::from(*first))
            ),
        )
        .details(
            stamped.iter().map(|(binary, _, stamp)| format!("{} ({})", binary.path, date_time(u64::from(*stamp)))),
        ),
    };
    found.add(finding.fix("link with /Brepro (MSVC), or set SOURCE_DATE_EPOCH (lld, zig)"));
}
