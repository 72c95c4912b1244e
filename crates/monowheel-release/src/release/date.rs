//! The date of a release, `YYYY-MM-DD`.

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::time::{self, is_date};

/// The requested date; else that of `SOURCE_DATE_EPOCH`; else today, UTC.
///
/// # Errors
/// [`ErrorKind::Usage`] when the value is not a date.
pub fn day(asked: Option<&str>) -> Result<String> {
    if let Some(text) = asked {
        let wrong = || {
            Error::new(ErrorKind::Usage, format!("{text:?} is not a date"))
                .at("--date")
                .next("write it like --date 2026-11-21")
        };
        return if is_date(text) { Ok(text.to_owned()) } else { Err(wrong()) };
    }
    let seconds = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text.parse::<u32>().map_err(|_| {
            Error::new(ErrorKind::Usage, format!("{text:?} is not a number of seconds since 1970"))
                .at("SOURCE_DATE_EPOCH")
                .next("unset it, or: export SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)")
        })?,
        Err(_) => time::now().and_then(|now| u32::try_from(now).ok()).ok_or_else(|| {
            Error::new(ErrorKind::Usage, "the system clock is outside the supported range")
                .next("pass the date: --date YYYY-MM-DD")
        })?,
    };
    Ok(time::date(u64::from(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_asked_for_or_today() {
        assert_eq!(day(Some("2026-11-21")).ok().as_deref(), Some("2026-11-21"));
        assert!(day(Some("tomorrow")).is_err_and(|error| error.kind() == ErrorKind::Usage));
        assert!(day(None).is_ok_and(|day| is_date(&day)));
    }
}
