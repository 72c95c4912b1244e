//! Mach-O: removes unused symbols, derives `LC_UUID` from the content, and signs ad hoc again.
//!
//! ```text
//! fat file ─ per slice ─┐
//!                       ├ layout   load commands → positions; anything unknown: the slice is left alone
//!                       ├ strip    __LINKEDIT without local symbols and stabs
//!                       ├ uuid     the hash of everything before the signature, the UUID itself zero
//!                       └ sign     signed as before: same identifier, flags and page size
//! ```
//!
//! A slice that was not signed is not signed here either: on x86-64 a library needs no signature, and
//! on arm64 the audit reports the missing signature.

pub(super) mod hide;
mod layout;
mod run_paths;
mod sign;
mod strip;
mod uuid;

use layout::Layout;
use monowheel_wheel::bytes::{big_at, part, put};
use sign::Signer;

use crate::normalize::Done;
use crate::normalize::code::left;

/// `MH_MAGIC_64`, little-endian.
const THIN: [u8; 4] = [0xcf, 0xfa, 0xed, 0xfe];
/// `FAT_MAGIC`; big-endian like the rest of the fat header.
const FAT: [u8; 4] = [0xca, 0xfe, 0xba, 0xbe];
/// Bytes of a `fat_arch`.
const ARCH: usize = 20;

/// The result for a slice: the new one, and the steps in words; or why nothing can be done.
type Change<'a> = &'a dyn Fn(&[u8]) -> Result<(Vec<u8>, Vec<String>), String>;

/// Normalizes a thin or fat file.
pub(super) fn finish(bytes: &[u8], strip: bool) -> Done {
    changed(bytes, &|old| slice(old, strip))
}

/// Removes run paths from a thin or fat file: those for which `is_dropped` holds, which gets the path and whether the
/// same one occurred before it.
pub(crate) fn without_run_paths(bytes: &[u8], is_dropped: &dyn Fn(&str, bool) -> bool) -> Done {
    changed(bytes, &|old| {
        let Some(new) = run_paths::without(old, is_dropped)? else { return Ok((old.to_vec(), Vec::new())) };
        let signer = Layout::of(old)?.signature.as_ref().map(|command| Signer::of(old, command)).transpose()?;
        let new = match signer {
            Some(signer) => sign::sign(&sign::make_room(&new, &signer)?, &signer)?,
            None => new,
        };
        Ok((new, vec!["run paths removed".to_owned()]))
    })
}

/// Signs ad hoc each slice for arm64 that has no signature.
pub(crate) fn signed(bytes: &[u8], identifier: &str) -> Done {
    changed(bytes, &|old| {
        let layout = Layout::of(old)?;
        if layout.signature.is_some() || arch(old) != "arm64" {
            return Ok((old.to_vec(), Vec::new()));
        }
        Ok((sign::add(old, &layout, identifier)?, vec!["signed ad hoc".to_owned()]))
    })
}

/// A thin or fat file with each slice changed.
fn changed(bytes: &[u8], change: Change<'_>) -> Done {
    let done = if bytes.starts_with(&THIN) {
        change(bytes)
    } else if bytes.starts_with(&FAT) {
        fat(bytes, change)
    } else {
        Err("neither a little-endian 64-bit Mach-O file nor a 32-bit fat file".to_owned())
    };
    match done {
        Ok((new, said)) if new != bytes => Done { bytes: Some(new), said },
        Ok((_, said)) => Done { bytes: None, said },
        Err(why) => left(format!("left as it is: {why}")),
    }
}

/// A normalized slice, and its steps.
fn slice(bytes: &[u8], strip: bool) -> Result<(Vec<u8>, Vec<String>), String> {
    let layout = Layout::of(bytes)?;
    let signer = layout.signature.as_ref().map(|command| Signer::of(bytes, command)).transpose()?;
    let mut said = Vec::new();
    let mut new = bytes.to_vec();
    if strip {
        match strip::strip(bytes, &layout) {
            Ok(Some(stripped)) => {
                said.push(format!("{} bytes of symbols stripped", bytes.len().saturating_sub(stripped.len())));
                new = stripped;
            }
            Ok(None) => {}
            Err(why) => said.push(format!("symbols left as they are: {why}")),
        }
    }
    if let Some(signer) = &signer {
        // Its position and size are part of the signed content, so they come first.
        new = sign::make_room(&new, signer)?;
    }
    if uuid::write(&mut new)? {
        said.push("LC_UUID from content".to_owned());
    }
    if let Some(signer) = &signer {
        new = sign::sign(&new, signer)?;
        if new != bytes {
            said.push("signed ad hoc again".to_owned());
        }
    }
    Ok((new, said))
}

/// A fat file with each slice changed: in their order, aligned as before.
fn fat(bytes: &[u8], change: Change<'_>) -> Result<(Vec<u8>, Vec<String>), String> {
    /// More architectures than any real file has.
    const MOST: usize = 16;
    let cut = || "its fat header is truncated".to_owned();
    let count = usize::try_from(big_at(bytes, 4).ok_or_else(cut)?).unwrap_or(usize::MAX);
    if count == 0 || count > MOST {
        return Err(format!("a fat file of {count} slices"));
    }
    let mut out = part(bytes, 0, 8 + ARCH * count).ok_or_else(cut)?.to_vec();
    let (mut said, mut end) = (Vec::new(), out.len());
    for index in 0..count {
        let entry = 8 + ARCH * index;
        let field = |at| big_at(bytes, entry + at).and_then(|number| usize::try_from(number).ok()).ok_or_else(cut);
        let (offset, size, align) = (field(8)?, field(12)?, field(16)?);
        if offset < end {
            return Err("the slices of the fat file are not in order".to_owned());
        }
        if align > 15 {
            return Err(format!("a slice is aligned to 2^{align} bytes"));
        }
        let old = part(bytes, offset, size).ok_or_else(|| "a slice is outside the fat file".to_owned())?;
        if !old.starts_with(&THIN) {
            return Err("a slice is not a little-endian 64-bit Mach-O file".to_owned());
        }
        end = offset + size;
        let new = match change(old) {
            Ok((new, done)) => {
                said.extend(done.into_iter().map(|what| format!("{}: {what}", arch(old))));
                new
            }
            Err(why) => {
                said.push(format!("{}: left as it is: {why}", arch(old)));
                old.to_vec()
            }
        };
        out.resize(out.len().next_multiple_of(1 << align), 0);
        for (at, number) in [(8, out.len()), (12, new.len())] {
            let number = u32::try_from(number).map_err(|_| cut())?;
            put(&mut out, entry + at, &number.to_be_bytes()).ok_or_else(cut)?;
        }
        out.extend_from_slice(&new);
    }
    if end != bytes.len() {
        return Err("bytes follow the last slice of the fat file".to_owned());
    }
    Ok((out, said))
}

/// Apple's name for a `cputype`.
fn arch(slice: &[u8]) -> &'static str {
    match monowheel_wheel::bytes::u32_at(slice, 4) {
        Some(0x0100_000c) => "arm64",
        Some(0x0100_0007) => "x86_64",
        _ => "slice",
    }
}
