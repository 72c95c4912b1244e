//! Requests and responses.

use std::io::{self, Read};
use std::ops::Range;
use std::time::{Duration, Instant};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::CancelToken;
use ureq::BodyReader;
use ureq::http::{HeaderMap, header};

use crate::address::Address;
use crate::interruptible::Pieces;
use crate::limits::Limits;
use crate::semaphore::Permit;

/// A GET request.
#[derive(Clone, Debug, Default)]
pub(super) struct Ask {
    /// The `Accept` header.
    pub(super) accept: Option<&'static str>,
    /// Whether the response may be compressed.
    pub(super) gzip: bool,
    /// The requested part.
    pub(super) part: Option<Part>,
    /// `If-Range`: the version of the file that the part must be from.
    pub(super) version: Option<String>,
}

/// A part of a file.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// From the first byte up to, not including, the second.
    Span(Range<u64>),
    /// From a byte to the end.
    From(u64),
    /// This many bytes at the end.
    Last(u64),
}

/// A response: status and headers, and the unread body.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    /// The final URL, after redirects.
    pub(super) address: Address,
    pub(super) body: Paced,
    pub(super) _permit: Permit,
}

impl Part {
    /// The `Range` header (RFC 9110, 14.2); its end is inclusive.
    pub(super) fn header(&self) -> String {
        match self {
            Self::Span(span) => format!("bytes={}-{}", span.start, span.end.saturating_sub(1)),
            Self::From(start) => format!("bytes={start}-"),
            Self::Last(length) => format!("bytes=-{length}"),
        }
    }
}

impl Answer {
    /// The value of a header, if it is text.
    pub(super) fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// `Content-Length`.
    pub(super) fn length(&self) -> Option<u64> {
        self.header(header::CONTENT_LENGTH)?.trim().parse().ok()
    }

    /// Whether the body is the file itself, not a compressed form.
    pub(super) fn is_plain(&self) -> bool {
        self.header(header::CONTENT_ENCODING).is_none_or(|coding| coding.eq_ignore_ascii_case("identity"))
    }

    /// The error for an unexpected status.
    pub(super) fn refusal(&self, address: &Address) -> Error {
        let next = match self.status {
            401 | 403 => {
                "put the user name and password (or token) into the index URL: https://USER:TOKEN@HOST/simple/"
            }
            404 | 410 => "check the name, the version and the index URL",
            408 | 429 | 500..=599 => "try again later: the server is busy or broken",
            _ => "check the index URL",
        };
        Error::new(ErrorKind::Io, format!("the server answered with HTTP status {}", self.status))
            .at(address)
            .next(next)
    }
}

/// A body with a minimum speed: slower than [`Limits::slowest`] on average is a broken connection.
pub(super) struct Paced {
    reader: Pieces,
    since: Instant,
    read: u64,
    grace: Duration,
    slowest: u64,
}

impl Paced {
    pub(super) fn new(reader: BodyReader<'static>, limits: &Limits, stop: &CancelToken) -> Result<Self> {
        let (grace, slowest) = (limits.stall, limits.slowest);
        Ok(Self { reader: Pieces::of(reader, stop)?, since: Instant::now(), read: 0, grace, slowest })
    }
}

impl Read for Paced {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let earned = Duration::from_secs(self.read / self.slowest.max(1));
        if self.since.elapsed() > self.grace + earned {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the response is too slow"));
        }
        let read = self.reader.read(buffer)?;
        self.read += read as u64;
        Ok(read)
    }
}
