//! Buffers for members while they are inflated, and their memory limits.

use std::cell::Cell;
use std::sync::{Mutex, MutexGuard, PoisonError};

use monowheel_error::Result;
use monowheel_wheel::archive::{MOST_INFLATION, Member};
use monowheel_wheel::binary::{Binary, Sparse};

use crate::gather::Purpose;

/// Limit for a text file of the dist-info. RECORD of the largest real wheels is about 3 MiB.
pub(super) const TEXT_LIMIT: u64 = 32 << 20;

/// A Python file larger than this is generated and is not checked for newer syntax.
const SOURCE_LIMIT: u64 = 4 << 20;

/// Binaries larger than this are parsed one at a time, so that peak memory with many threads is one large binary and a
/// little per thread.
const LARGE: u64 = 24 << 20;

/// The text files that are parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Text {
    Metadata,
    Wheel,
    Record,
    EntryPoints,
    Sbom,
}

/// The kind of a path in the dist-info.
pub(super) fn text_of(path: &str) -> Option<Text> {
    match path {
        "METADATA" => Some(Text::Metadata),
        "WHEEL" => Some(Text::Wheel),
        "RECORD" => Some(Text::Record),
        "entry_points.txt" => Some(Text::EntryPoints),
        _ => path.starts_with("sboms/").then_some(Text::Sbom),
    }
}

thread_local! {
    /// A thread's last buffer, reused because fresh memory costs more than filling it.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The bytes of a member that is parsed as a whole.
pub(super) struct Kept<'a> {
    bytes: Option<Sparse>,
    limit: usize,
    /// Where the buffer of a large one comes from.
    shared: Option<&'a mut Vec<u8>>,
}

impl<'a> Kept<'a> {
    /// A buffer for `member`, if it is wanted.
    pub(super) fn of(member: &Member, purpose: Option<&Purpose>, large: &'a mut Large) -> Self {
        let wanted = match purpose {
            Some(Purpose::Text(_)) => member.size <= TEXT_LIMIT,
            Some(Purpose::Code(_)) => true,
            Some(Purpose::Python) => member.size <= SOURCE_LIMIT,
            None => false,
        };
        let believed = member.size.min(member.compressed.saturating_mul(MOST_INFLATION));
        let mut shared = large.alone.as_deref_mut();
        let bytes = wanted.then(|| {
            let last = shared.as_deref_mut().map(std::mem::take).filter(|bytes| bytes.capacity() > 0);
            // The thread's own buffer may as well grow: two at a time would be more memory.
            let mut buffer = last.unwrap_or_else(|| SPARE.take());
            buffer.reserve_exact(usize::try_from(believed).unwrap_or_default());
            if matches!(purpose, Some(Purpose::Code(_))) { Sparse::new(buffer) } else { Sparse::complete(buffer) }
        });
        Self { bytes, limit: usize::try_from(member.size).unwrap_or_default(), shared }
    }

    /// The next piece.
    pub(super) fn add(&mut self, piece: &[u8]) {
        if let Some(bytes) = &mut self.bytes {
            if bytes.len() + piece.len() <= self.limit {
                bytes.add(piece);
            } else {
                self.bytes = None;
            }
        }
    }

    /// All of them, if they were wanted and are complete.
    pub(super) const fn bytes(&self) -> Option<&Sparse> {
        self.bytes.as_ref()
    }

    /// Reads it as a binary, unless that takes more than is kept.
    pub(super) fn binary(&mut self) -> Option<Result<Binary>> {
        self.bytes.as_mut().and_then(Sparse::read)
    }

    /// Starts again, and keeps everything.
    pub(super) fn restart(&mut self) {
        self.bytes = self.bytes.take().map(|bytes| Sparse::complete(bytes.into_buffer()));
    }
}

impl Drop for Kept<'_> {
    fn drop(&mut self) {
        let Some(bytes) = self.bytes.take().map(Sparse::into_buffer) else { return };
        match &mut self.shared {
            Some(shared) => **shared = bytes,
            None => SPARE.set(bytes),
        }
    }
}

/// The right to hold one large binary, and the last buffer for one.
static ALONE: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// The right to hold one large binary, for a thread that has one.
pub(super) struct Large {
    alone: Option<MutexGuard<'static, Vec<u8>>>,
}

impl Large {
    /// Waits until no other thread holds a large binary, if this one is large.
    pub(super) fn wait(size: u64) -> Self {
        Self { alone: (size > LARGE).then(|| ALONE.lock().unwrap_or_else(PoisonError::into_inner)) }
    }
}

/// Frees that buffer when it is dropped, at the end of a wheel, unless another thread uses it.
pub(super) struct End;

impl Drop for End {
    fn drop(&mut self) {
        if let Ok(mut buffer) = ALONE.try_lock() {
            *buffer = Vec::new();
        }
    }
}
