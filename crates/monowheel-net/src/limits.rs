//! How long to wait for an index, how often to try again, and how much to take from it.

use std::time::Duration;

/// The bounds of every request. The defaults suit a slow line; tests take shorter ones.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For finding a host's address and connecting to it.
    pub connect: Duration,
    /// For the first byte of an answer, and for each further one.
    pub stall: Duration,
    /// Bytes a second below which an answer is given up, once it has taken longer than `stall`.
    pub slowest: u64,
    /// How often a request is sent in all, when the server is busy or the connection breaks.
    pub attempts: u32,
    /// The wait before the second attempt; it doubles with each.
    pub pause: Duration,
    /// The longest wait that a server may ask for (`Retry-After`).
    pub longest_pause: Duration,
    /// How many requests are under way at once.
    pub requests: usize,
    /// Of an index page, in bytes after decompression.
    pub page: usize,
    /// Of a file, in bytes; the index's limit is 100 MB, unless it granted a project more.
    pub file: u64,
    /// Files up to this size, in bytes, are fetched whole, and so checked against the index's hash:
    /// it takes no longer than the three or four ranges would.
    pub small: u64,
    /// How much of the end of a file the first range takes, in bytes.
    pub tail: u64,
    /// How many bytes of a file are kept in memory.
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
            page: 64 << 20,
            file: 4 << 30,
            small: 512 << 10,
            tail: 64 << 10,
            cache: 16 << 20,
        }
    }
}
