//! The rule `zip-times-vary`.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

/// Dates that tools write when they know no better, at midnight: 1980-01-01 (maturin, uv), 2016-01-01 (flit,
/// poetry-core), 2020-02-02 (hatchling), and no date at all.
const CONSTANTS: [u16; 4] = [0x0021, 0x4821, 0x5042, 0];

rule! {
    /// The members of the archive have different times.
    ///
    /// # What it does
    /// Looks at the time of every member. One time for all is as good as 1980-01-01: it may be `SOURCE_DATE_EPOCH`. The
    /// constants of flit, poetry-core, hatchling and maturin may stand side by side.
    ///
    /// # Why it matters
    /// Different times are those of the files in the build folder, or of the clock. They change with every checkout, and
    /// so does the wheel's hash.
    ///
    /// # Example
    /// `demo/__init__.py` of 10:02:14 and `demo/_demo.abi3.so` of 10:05:38.
    ///
    /// # Fix
    /// Set `SOURCE_DATE_EPOCH` for the build (`git log -1 --format=%ct`), and for auditwheel, delocate and delvewheel too.
    pub(super) static RULE: "zip-times-vary", Reproducible, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let times: BTreeSet<(u16, u16)> = wheel.members.iter().map(|member| member.modified).collect();
    let is_constant = |(date, time): &(u16, u16)| *time == 0 && CONSTANTS.contains(date);
    if times.len() < 2 || times.iter().all(is_constant) {
        return;
    }
    let shown: Vec<String> = times.iter().map(|time| text(*time)).collect();
    found.add(
        Finding::new(
            Severity::Note,
            Place::file(),
            format!("the members have {} different times: {}", shown.len(), some_of(&shown)),
        )
        .fix("Set SOURCE_DATE_EPOCH for the build and for every tool that repairs the wheel."),
    );
}

/// MS-DOS date and time: 7 bits of years since 1980, 4 of months, 5 of days; 5 of hours, 6 of minutes, 5 of
/// two seconds.
fn text((date, time): (u16, u16)) -> String {
    let (year, month, day) = (1980 + (date >> 9), date >> 5 & 15, date & 31);
    let (hour, minute, second) = (time >> 11, time >> 5 & 63, (time & 31) * 2);
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read() {
        let shown: Vec<String> = CONSTANTS.iter().map(|date| text((*date, 0))).collect();
        assert_eq!(shown, ["1980-01-01 00:00:00", "2016-01-01 00:00:00", "2020-02-02 00:00:00", "1980-00-00 00:00:00"]);
        assert_eq!(text((0x5042, 0xbf7d)), "2020-02-02 23:59:58");
    }
}
