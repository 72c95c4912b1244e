//! Normalizes one shared library or program, and checks that a loader sees no difference.

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::binary::{Binary, Format, Signature, Slice};
use sha2::{Digest as _, Sha256};

use crate::normalize::{Done, elf, macho, pe};

/// Normalizes a library. Parts that the reader does not understand are left unchanged.
///
/// # Errors
/// [`ErrorKind::Format`] when its signature does not match its bytes, which a new one would hide, or when the
/// normalized bytes read back as something else.
pub(super) fn finish(bytes: &[u8], strip: bool) -> Result<Done> {
    if !Binary::is_one(bytes) {
        return Ok(Done::default());
    }
    let before = match Binary::read(bytes) {
        Ok(binary) => binary,
        Err(error) => return Ok(left(format!("left as it is: {}", error.what()))),
    };
    if let Some(why) = before.slices.iter().find_map(|slice| match &slice.signature {
        Signature::Invalid { why } => Some(why),
        _ => None,
    }) {
        let what = format!("the wheel cannot be rewritten: the signature of a library does not match its bytes: {why}");
        return Err(Error::new(ErrorKind::Format, what).next("sign it again after the last change to it"));
    }
    let done = match before.format {
        Format::Elf => elf::finish(bytes),
        Format::Pe => pe::finish(bytes),
        Format::MachO => macho::finish(bytes, strip),
        // wasm-ld writes no time, no identity and no padding.
        Format::Wasm => Done::default(),
    };
    if let Some(new) = &done.bytes {
        same_but(&before, &Binary::read(new)?, &own_marks)?;
    }
    Ok(done)
}

/// Nothing was done, for this reason.
pub(crate) fn left(why: impl Into<String>) -> Done {
    Done { bytes: None, said: vec![why.into()] }
}

/// The hash of a file with zeros for its varying fields.
pub(super) fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// The fields that normalizing may change.
fn own_marks(slice: &mut Slice) {
    slice.timestamp = None;
    slice.debug_info.clear();
    slice.paths = monowheel_wheel::binary::EmbeddedPaths::default();
}

/// Compares everything that a loader, a linker or a rule sees, without what `mask` removes from both.
///
/// # Errors
/// [`ErrorKind::Format`] when the two differ.
pub(crate) fn same_but(before: &Binary, after: &Binary, mask: &dyn Fn(&mut Slice)) -> Result<()> {
    let seen = |binary: &Binary| -> Vec<Slice> {
        let mut slices = binary.slices.clone();
        slices.iter_mut().for_each(mask);
        slices
    };
    let same = (before.format, before.fat, seen(before)) == (after.format, after.fat, seen(after));
    same.then_some(()).ok_or_else(|| {
        Error::new(
            ErrorKind::Format,
            "the wheel cannot be rewritten: normalizing a library changed what the loader sees",
        )
        .next("report this with the wheel; until it is fixed, publish the wheel as it was")
    })
}
