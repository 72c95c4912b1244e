//! The buffers of a thread, so that ten thousand small wheels do not allocate each time.

use std::cell::Cell;

use flate2::Decompress;

use crate::archive::whole::Whole;

/// Bytes per read: any local header (30 bytes and twice 64 KiB) fits, and the start of the data.
pub(super) const INPUT: usize = 132 << 10;

/// Bytes inflated per step: they fit into a second level cache of 512 KiB, where the sink finds them.
pub(super) const OUTPUT: usize = 256 << 10;

/// What reading members needs.
pub(super) struct Scratch {
    pub(super) input: Box<[u8]>,
    pub(super) output: Box<[u8]>,
    pub(super) inflater: Decompress,
    pub(super) whole: Whole,
}

thread_local! {
    static SCRATCH: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

impl Scratch {
    /// Lends the thread's buffers; a sink that reads another archive in the meantime gets its own.
    pub(super) fn with<T>(work: impl FnOnce(&mut Self) -> T) -> T {
        let mut scratch = SCRATCH.take().unwrap_or_else(|| {
            Box::new(Self {
                input: vec![0; INPUT].into(),
                output: vec![0; OUTPUT].into(),
                inflater: Decompress::new(false),
                whole: Whole::new(),
            })
        });
        let result = work(&mut scratch);
        SCRATCH.set(Some(scratch));
        result
    }
}
