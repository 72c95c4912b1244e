//! Shared by the rules on WebAssembly.

use monowheel_wheel::binary::{Slice, Wasm};
use monowheel_wheel::platform::PlatformTag;
use monowheel_wheel::platform::pyodide::{self, Abi};

use crate::facts::{BinaryFacts, Facts, Role};
use crate::rules::platform::promise::promises;

/// The WebAssembly modules that a loader maps, in wheels for Pyodide and bare files.
pub(super) fn modules(facts: &Facts) -> impl Iterator<Item = (&BinaryFacts, &Slice, &Wasm)> {
    let is_meant = facts.wheel.is_none() || !abis(facts).is_empty();
    let slices = facts.slices().filter(move |(binary, _)| is_meant && binary.role != Role::Program);
    slices.filter_map(|(binary, slice)| Some((binary, slice, slice.wasm.as_ref()?)))
}

/// A Pyodide tag, with what is known about its ABI.
pub(super) struct Promised<'a> {
    /// As written.
    pub(super) tag: &'a str,
    /// `None` if unknown.
    pub(super) abi: Option<&'static Abi>,
}

/// The Pyodide ABIs that the tags promise.
pub(super) fn abis(facts: &Facts) -> Vec<Promised<'_>> {
    let of = promises(facts).into_iter().filter_map(|promise| match promise.platform {
        PlatformTag::Pyemscripten { version } => Some(Promised { tag: promise.tag, abi: pyodide::abi(version) }),
        _ => None,
    });
    of.collect()
}
