//! The rule `pe-timestamp`.

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

/// 2015-01-01 and 2035-01-01: a clock of today shows a time between them. A hash falls there once in seven, but
/// linkers that write one say so.
const CLOCK: std::ops::Range<u32> = 1_420_070_400..2_051_222_400;

rule! {
    /// A Windows library holds the time at which it was linked.
    ///
    /// # What it does
    /// Looks at the `TimeDateStamp` of PE files for a time of these years. Zero, an old constant and a hash (the linker
    /// marks it: `/Brepro`) are not times. A time that comes from `SOURCE_DATE_EPOCH` cannot be told from the clock's.
    ///
    /// # Why it matters
    /// Every link gives other bytes, so nobody can rebuild the wheel and compare.
    ///
    /// # Example
    /// A `.pyd` that says 2026-03-14 15:09:26 UTC.
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
    // One build makes all of them, with the same linker: they are one finding.
    let finding = match stamped.as_slice() {
        [] => return,
        [(binary, slice, stamp)] => Finding::new(
            Severity::Note,
            binary.place(slice),
            format!("it says that it was linked at {} UTC", text(*stamp)),
        ),
        [(_, _, first), ..] => Finding::new(
            Severity::Note,
            Place::file(),
            format!("{} libraries say when they were linked, the first at {} UTC", stamped.len(), text(*first)),
        )
        .details(stamped.iter().map(|(binary, _, stamp)| format!("{} ({})", binary.path, text(*stamp)))),
    };
    found.add(finding.fix("Link with /Brepro (MSVC), or set SOURCE_DATE_EPOCH (lld, zig)."));
}

/// Seconds since 1970 as a date (the civil calendar from days, after Howard Hinnant).
fn text(stamp: u32) -> String {
    let (days, seconds) = (stamp / 86_400 + 719_468, stamp % 86_400);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u32::from(month <= 2);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_dates() {
        for (stamp, date) in [
            (0, "1970-01-01 00:00:00"),
            (951_782_400, "2000-02-29 00:00:00"),
            (1_420_070_400, "2015-01-01 00:00:00"),
            (1_773_500_966, "2026-03-14 15:09:26"),
            (2_051_222_400, "2035-01-01 00:00:00"),
            (u32::MAX, "2106-02-07 06:28:15"),
        ] {
            assert_eq!(text(stamp), date);
        }
    }
}
