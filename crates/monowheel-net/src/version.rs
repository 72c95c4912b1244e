//! The byte range and the version of the file in a response.

use monowheel_error::{Error, ErrorKind, Result};
use ureq::http::header;

use crate::address::Address;
use crate::answer::Answer;

/// The validators that distinguish versions of a file (RFC 9110, 8.8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Version {
    etag: Option<String>,
    modified: Option<String>,
}

impl Version {
    pub(super) fn of(answer: &Answer) -> Self {
        let text = |name| answer.header(name).map(|value: &str| value.trim().to_owned());
        Self { etag: text(header::ETAG), modified: text(header::LAST_MODIFIED) }
    }

    /// The value of `If-Range`; a weak tag is not allowed there.
    pub(super) fn condition(&self) -> Option<String> {
        self.etag.clone().filter(|etag| etag.starts_with('"')).or_else(|| self.modified.clone())
    }

    /// Whether a response is of this version, as far as both have validators.
    fn fits(&self, other: &Self) -> bool {
        let fits = |a: &Option<String>, b: &Option<String>| a.is_none() || b.is_none() || a == b;
        fits(&self.etag, &other.etag) && fits(&self.modified, &other.modified)
    }

    /// Checks that a response is of this version.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when the file has changed.
    pub(super) fn check(&self, answer: &Answer, address: &Address) -> Result<()> {
        if self.fits(&Self::of(answer)) { Ok(()) } else { Err(changed(address)) }
    }
}

/// The error for a file that has changed.
pub(super) fn changed(address: &Address) -> Error {
    Error::new(ErrorKind::Io, "the file on the server changed while it was read")
        .at(address)
        .next("run the command again; a released file must never change")
}

/// `Content-Range: bytes START-LAST/TOTAL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ContentRange {
    pub(super) start: u64,
    /// The first byte after it.
    pub(super) end: u64,
    pub(super) total: u64,
}

impl ContentRange {
    /// The range of a response; `None` if it is missing, invalid, or contradicts `Content-Length`.
    pub(super) fn of(answer: &Answer) -> Option<Self> {
        let range = Self::parse(answer.header(header::CONTENT_RANGE)?)?;
        let fits = answer.length().is_none_or(|length| length == range.end - range.start);
        (fits && answer.is_plain()).then_some(range)
    }

    fn parse(text: &str) -> Option<Self> {
        let (span, total) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
        let (start, last) = span.split_once('-')?;
        let (start, last, total) =
            (start.trim().parse().ok()?, last.trim().parse::<u64>().ok()?, total.trim().parse().ok()?);
        let end = last.checked_add(1)?;
        (start < end && end <= total).then_some(Self { start, end, total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_or_refused() {
        assert_eq!(ContentRange::parse("bytes 5-9/10"), Some(ContentRange { start: 5, end: 10, total: 10 }));
        for wrong in [
            "bytes 5-9/*",
            "bytes */10",
            "bytes 9-5/10",
            "bytes 5-10/10",
            "items 0-1/2",
            "bytes 0-18446744073709551615/9",
        ] {
            assert_eq!(ContentRange::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn versions_differ_in_what_both_tell() {
        let of = |etag: Option<&str>, modified: Option<&str>| Version {
            etag: etag.map(str::to_owned),
            modified: modified.map(str::to_owned),
        };
        assert!(of(Some("\"a\""), None).fits(&of(None, Some("Mon"))));
        assert!(!of(Some("\"a\""), None).fits(&of(Some("\"b\""), None)));
        assert_eq!(of(Some("W/\"a\""), Some("Mon")).condition().as_deref(), Some("Mon"));
        assert_eq!(of(Some("W/\"a\""), None).condition(), None);
    }
}
