//! Mach-O: run paths and ad hoc signatures, with the steps of normalizing.

use std::collections::BTreeSet;

use monowheel_audit::fixes::is_of_a_build;
use monowheel_error::Result;
use monowheel_wheel::binary::{Binary, EmbeddedPaths, Signature, Slice};

use crate::normalize::code::same_but;
use crate::normalize::members::File;
use crate::normalize::{Done, macho};

/// The library without run paths to directories of a build.
pub(super) fn without_build_paths(bytes: &[u8]) -> Result<Done> {
    compared(bytes, macho::without_run_paths(bytes, &|path, _| is_of_a_build(path)), &|slice| {
        slice.run_paths.clear();
        slice.paths = EmbeddedPaths::default();
    })
}

/// The library with each run path once.
pub(super) fn without_duplicate_paths(bytes: &[u8]) -> Result<Done> {
    compared(bytes, macho::without_run_paths(bytes, &|_, again| again), &|slice| {
        let mut seen = BTreeSet::new();
        slice.run_paths.retain(|path| seen.insert(path.clone()));
    })
}

/// The library with each slice for arm64 signed.
pub(super) fn signed(file: &File) -> Result<Done> {
    let name = file.path.rsplit('/').next().unwrap_or(&file.path);
    compared(&file.bytes, macho::signed(&file.bytes, name), &|slice| slice.signature = Signature::None)
}

/// The result, once the library has read back as the same, except for what `mask` removes.
fn compared(bytes: &[u8], done: Done, mask: &dyn Fn(&mut Slice)) -> Result<Done> {
    if let Some(new) = &done.bytes {
        same_but(&Binary::read(bytes)?, &Binary::read(new)?, mask)?;
    }
    Ok(done)
}
