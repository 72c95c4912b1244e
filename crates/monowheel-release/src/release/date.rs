//! The day of a release, `YYYY-MM-DD`.

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::binary::moment;

/// The day that was asked for; else that of `SOURCE_DATE_EPOCH`; else today, UTC.
///
/// # Errors
/// [`ErrorKind::Usage`] when what was given is no day.
pub fn day(asked: Option<&str>) -> Result<String> {
    if let Some(text) = asked {
        let wrong =
            || Error::new(ErrorKind::Usage, format!("{text:?} is no day")).at("--date").next("--date 2026-11-21");
        return if is_day(text) { Ok(text.to_owned()) } else { Err(wrong()) };
    }
    let seconds = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text.parse::<u32>().map_err(|_| {
            Error::new(ErrorKind::Usage, format!("{text:?} is no number of seconds since 1970"))
                .at("SOURCE_DATE_EPOCH")
                .next("unset it, or: export SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)")
        })?,
        Err(_) => {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            since.ok().and_then(|since| u32::try_from(since.as_secs()).ok()).ok_or_else(|| {
                Error::new(ErrorKind::Usage, "this machine's clock tells no day").next("--date YYYY-MM-DD")
            })?
        }
    };
    Ok(moment(seconds)[..10].to_owned())
}

/// Whether this is a day of the calendar.
pub(super) fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let is_number = |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    if !(is_number(year, 4) && is_number(month, 2) && is_number(day, 2)) {
        return false;
    }
    let number = |part: &str| part.parse::<u32>().unwrap_or(0);
    let (year, month, day) = (number(year), number(month), number(day));
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for good in ["2026-11-21", "2024-02-29", "2000-02-29", "2026-12-31"] {
            assert!(is_day(good), "{good}");
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
        ] {
            assert!(!is_day(wrong), "{wrong}");
        }
        assert!(day(Some("tomorrow")).is_err_and(|error| error.kind() == ErrorKind::Usage));
        assert!(day(None).is_ok_and(|day| is_day(&day)));
    }
}
