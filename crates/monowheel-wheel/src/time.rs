//! Dates and times in UTC: the only module with calendar arithmetic, using the `jiff` crate.
//!
//! Everything here is UTC, so no time zone database is linked.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::{Timestamp, civil, tz::Offset};

/// Seconds since 1970 as `2026-03-14 15:09:26`.
#[must_use]
pub fn date_time(seconds: u64) -> String {
    timestamp(seconds).strftime("%F %T").to_string()
}

/// Seconds since 1970 as `2026-03-14`.
#[must_use]
pub fn date(seconds: u64) -> String {
    timestamp(seconds).strftime("%F").to_string()
}

/// Whether a text is a valid calendar date in the form `YYYY-MM-DD`. ISO 8601 has more forms; changelogs do not.
#[must_use]
pub fn is_date(text: &str) -> bool {
    text.parse::<civil::Date>().is_ok_and(|date| date.to_string() == text)
}

/// Seconds since 1970 of an RFC 3339 time such as an index's `upload-time` (PEP 700): `2026-11-21T22:44:45.123456Z`.
/// A time without an offset is UTC. `None` for anything else, and for times before 1970.
#[must_use]
pub fn parse(text: &str) -> Option<u64> {
    let utc = |time: civil::DateTime| Offset::UTC.to_timestamp(time).ok();
    let time = text.parse::<Timestamp>().ok().or_else(|| text.parse().ok().and_then(utc))?;
    u64::try_from(time.as_second()).ok()
}

/// The current time in seconds since 1970; `None` when the clock is set before that.
#[must_use]
pub fn now() -> Option<u64> {
    Some(SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs())
}

/// Seconds since 1970 as the date and the time that a ZIP archive stores, in UTC and clamped to the range of that
/// format, 1980 to 2107.
#[must_use]
pub fn to_dos(seconds: u64) -> (u16, u16) {
    const FIRST: u64 = 315_532_800;
    const LAST: u64 = 4_354_819_198;
    let time = Offset::UTC.to_datetime(timestamp(seconds.clamp(FIRST, LAST)));
    let field = |value: i8| u16::try_from(value).unwrap_or_default();
    let years = u16::try_from(time.year() - 1980).unwrap_or_default();
    let date = years << 9 | field(time.month()) << 5 | field(time.day());
    (date, field(time.hour()) << 11 | field(time.minute()) << 5 | (field(time.second()) / 2))
}

/// The date and the time that a ZIP archive stores, as text. The fields are shown unchanged, because an archive may
/// contain a month 0: 7 bits of years since 1980, 4 of months, 5 of days; 5 of hours, 6 of minutes, 5 of two seconds.
#[must_use]
pub fn dos_text((date, time): (u16, u16)) -> String {
    let (year, month, day) = (1980 + (date >> 9), date >> 5 & 15, date & 31);
    let (hour, minute, second) = (time >> 11, time >> 5 & 63, (time & 31) * 2);
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// Times after the year 9999 become the last one that `jiff` supports.
fn timestamp(seconds: u64) -> Timestamp {
    i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_dates() {
        for (seconds, text) in [
            (0, "1970-01-01 00:00:00"),
            (951_782_400, "2000-02-29 00:00:00"),
            (1_420_070_400, "2015-01-01 00:00:00"),
            (1_773_500_966, "2026-03-14 15:09:26"),
            (2_051_222_400, "2035-01-01 00:00:00"),
            (u64::from(u32::MAX), "2106-02-07 06:28:15"),
        ] {
            assert_eq!(date_time(seconds), text);
            assert_eq!(date(seconds), text[..10]);
            assert_eq!(parse(&text.replace(' ', "T")), Some(seconds));
            assert_eq!(parse(&format!("{}.25Z", text.replace(' ', "T"))), Some(seconds));
        }
        assert!(date(u64::MAX).starts_with("9999-12-"));
        assert!(now().is_some_and(|now| now > 1_700_000_000));
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for good in ["2026-11-21", "2024-02-29", "2000-02-29", "2026-12-31"] {
            assert!(is_date(good), "{good}");
        }
        for wrong in [
            "",
            "2026-11-31",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-1-1",
            "26-01-01",
            "2026-01-00",
            "21.11.2026",
            "2026-11-21 ",
            "20261121",
            "2026-11-21T10:00",
            "+002026-11-21",
        ] {
            assert!(!is_date(wrong), "{wrong}");
        }
    }

    #[test]
    fn other_texts_are_not_times() {
        for wrong in ["", "long ago", "0000 long ago, it was", "000000000\u{e9}0000000000", "2026-02-30T00:00:00Z"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!(parse("1970-01-01T01:00:00+01:00"), Some(0));
        assert_eq!(parse("1969-12-31T23:59:59Z"), None);
    }

    #[test]
    fn zip_archives_store_dos_times() {
        for (seconds, expected) in [
            (0, (0x0021, 0)),
            (951_782_399, (20 << 9 | 2 << 5 | 28, 23 << 11 | 59 << 5 | 29)),
            (951_782_400, (20 << 9 | 2 << 5 | 29, 0)),
            (1_580_601_600, (0x5042, 0)),
            (1_798_761_599, (46 << 9 | 12 << 5 | 31, 23 << 11 | 59 << 5 | 29)),
            (u64::MAX, (127 << 9 | 12 << 5 | 31, 23 << 11 | 59 << 5 | 29)),
        ] {
            assert_eq!(to_dos(seconds), expected, "{seconds}");
        }
        for (stored, text) in [
            ((0x0021, 0), "1980-01-01 00:00:00"),
            ((0x4821, 0), "2016-01-01 00:00:00"),
            ((0, 0), "1980-00-00 00:00:00"),
            ((0x5042, 0xbf7d), "2020-02-02 23:59:58"),
        ] {
            assert_eq!(dos_text(stored), text);
        }
    }
}
