//! `LC_UUID` from content.

use monowheel_wheel::bytes::{part, put};

use crate::normalize::code::hash;
use crate::normalize::macho::layout::Layout;

/// Writes the UUID from the hash of everything before the signature, if there is one; returns whether it changed.
pub(super) fn write(bytes: &mut [u8]) -> Result<bool, String> {
    let layout = Layout::of(bytes)?;
    let Some(at) = layout.uuid else { return Ok(false) };
    let cut = || "its UUID is truncated".to_owned();
    let old = part(bytes, at, 16).ok_or_else(cut)?.to_vec();
    put(bytes, at, &[0; 16]).ok_or_else(cut)?;
    let end = layout.signature.map_or(bytes.len(), |signature| signature.offset);
    let digest = hash(&[bytes.get(..end).ok_or_else(cut)?]);
    let mut uuid = *digest.first_chunk::<16>().ok_or_else(cut)?;
    // Version 8 of RFC 9562: custom.
    uuid[6] = uuid[6] & 0x0f | 0x80;
    uuid[8] = uuid[8] & 0x3f | 0x80;
    put(bytes, at, &uuid).ok_or_else(cut)?;
    Ok(old != uuid)
}
