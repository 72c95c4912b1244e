//! Limits for an index: timeouts, retries and sizes.

use std::time::Duration;

/// The limits of every request. The defaults suit a slow connection; tests use shorter ones.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For resolving a host and connecting to it.
    pub connect: Duration,
    /// For the first byte of a response, and for each further one.
    pub stall: Duration,
    /// Bytes per second below which a response is aborted, once it has taken longer than `stall`.
    pub slowest: u64,
    /// How often a request is sent in total, if the server is busy or the connection breaks.
    pub attempts: u32,
    /// The wait before the second attempt; it doubles with each.
    pub pause: Duration,
    /// The longest wait that a server may ask for (`Retry-After`).
    pub longest_pause: Duration,
    /// Number of parallel requests.
    pub requests: usize,
    /// The shortest time between the starts of two requests.
    pub interval: Duration,
    /// Maximum size of an index page, in bytes after decompression.
    pub page: usize,
    /// Maximum size of a file, in bytes; PyPI's default limit is 100 MB.
    pub file: u64,
    /// Files up to this size, in bytes, are downloaded completely, and so checked against the index's
    /// hash: that takes no longer than three or four ranges.
    pub small: u64,
    /// Size of the first range at the end of a file, in bytes.
    pub tail: u64,
    /// Number of bytes of a file that are kept in memory.
    pub cache: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            stall: Duration::from_secs(30),
            slowest: 4 << 10,
            attempts: 4,
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
            requests: 8,
            interval: Duration::ZERO,
            page: 64 << 20,
            file: 4 << 30,
            small: 512 << 10,
            tail: 64 << 10,
            cache: 16 << 20,
        }
    }
}
