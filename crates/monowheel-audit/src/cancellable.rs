//! A cancellable reader, used for every long read of a wheel.

use monowheel_error::Result;
use monowheel_system::exec::CancelToken;
use monowheel_wheel::source::ReadAt;

/// A source of bytes; each read fails once the token is set.
#[derive(Debug)]
pub struct Cancellable<S> {
    source: S,
    stop: CancelToken,
}

impl<S> Cancellable<S> {
    /// The wrapped source.
    pub fn new(source: S, stop: &CancelToken) -> Self {
        Self { source, stop: stop.clone() }
    }
}

impl<S: ReadAt> ReadAt for Cancellable<S> {
    fn size(&self) -> u64 {
        self.source.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        self.stop.check()?;
        self.source.read_at(offset, buffer)
    }

    fn is_remote(&self) -> bool {
        self.source.is_remote()
    }

    fn expect(&self, offset: u64, length: u64) {
        self.source.expect(offset, length);
    }
}
