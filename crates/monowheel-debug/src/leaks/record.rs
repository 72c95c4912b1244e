//! The results of the probe, as it writes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::frames;

/// One line.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub(super) enum Line {
    Start(Start),
    Round(Round),
    Stacks(Stacks),
    Autopsy(Autopsy),
    End {},
}

/// How it measures.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Start {
    /// Calls in one round.
    pub(super) calls: u64,
    /// The function that reports the C heap.
    pub(super) heap: Option<String>,
    /// Whether the reference counts of types count their instances.
    pub(super) has_type_references: bool,
}

/// One measurement. Counts are differences to the first one; those that are absent are the same.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Round {
    /// Bytes of the C heap.
    pub(super) heap: Option<i64>,
    /// Blocks of Python's allocator.
    pub(super) blocks: i64,
    /// Bytes in memory.
    pub(super) resident: Option<i64>,
    /// Objects that the collector tracks, by type.
    pub(super) objects: BTreeMap<String, i64>,
    /// References to types.
    pub(super) types: BTreeMap<String, i64>,
    /// References to objects that modules name.
    pub(super) references: BTreeMap<String, i64>,
}

/// The stacks that allocate what remains.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Stacks {
    /// `memray` or `tracemalloc`.
    pub(super) tool: String,
    /// The largest first.
    pub(super) stacks: Vec<Stack>,
    /// Bytes of Python objects in the C heap that remain after each call.
    pub(super) python_in_heap: f64,
    /// Why it was not the better tool.
    pub(super) why: Option<String>,
}

/// One stack.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Stack {
    /// Allocations that remain after each call.
    pub count: f64,
    /// Their bytes.
    pub size: f64,
    /// Whether native code allocated them, not Python's allocator.
    pub native: bool,
    /// The innermost first.
    pub frames: Vec<Frame>,
}

/// One frame, of Python or of native code.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Frame {
    /// Its function; empty where the tool does not know it.
    pub function: String,
    /// Its file.
    pub file: String,
    /// Its line; 0 where it is not known.
    pub line: u32,
}

impl Stack {
    /// The stack with readable names.
    pub(super) fn readable(mut self) -> Self {
        for frame in &mut self.frames {
            frame.function = frames::name(&frame.function);
            if frame.file == "<unknown>" {
                frame.file.clear();
            }
        }
        self
    }
}

impl Frame {
    /// Whether a frame is of CPython, `PyO3` or the Rust standard library: on every stack, and hardly ever the cause.
    #[must_use]
    pub fn is_plumbing(&self) -> bool {
        frames::is_plumbing(&self.function, &self.file)
    }
}

/// Why objects remain.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Autopsy {
    /// By type.
    pub(super) types: BTreeMap<String, Remains>,
    /// Cycles that were cut.
    pub(super) cycles: Vec<Cut>,
}

/// The objects of one type.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Remains {
    /// Where a module reaches them.
    pub(super) path: Option<String>,
    /// Samples with a reference that no tracked object has.
    pub(super) hidden: u32,
    /// Other types that grow and that they lead to.
    pub(super) reaches: Vec<String>,
}

/// A cycle that was cut.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Cut {
    /// The type of the objects whose references were removed.
    pub(super) holder: String,
    /// The type that they referred to.
    pub(super) through: String,
    /// Objects that were cut.
    pub(super) cut: u64,
    /// Objects of the holder's type that went away.
    pub(super) freed: i64,
}

/// One run of the probe.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) start: Start,
    pub(super) rounds: Vec<Round>,
    pub(super) stacks: Stacks,
    pub(super) autopsy: Autopsy,
}
